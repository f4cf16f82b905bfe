/// What a version is moved to: an alias, or a stage.
struct MoveTarget: Sendable, Hashable {
    private static let prefix = "stage:"

    /// As gates, promotions and moves write it: `champion`, `stage:Production`.
    let text: String
    let stage: ModelStage?

    /// - Parameter text: a stage's name in any case.
    /// - Throws: `RegistryError` `invalid`.
    init(_ text: String) throws(RegistryError) {
        guard text.hasPrefix(Self.prefix) else {
            try ModelAlias.check(text)
            self.init(text: text, stage: nil)
            return
        }
        self.init(try ModelStage(word: String(text.dropFirst(Self.prefix.count))))
    }

    init(_ stage: ModelStage) {
        self.init(text: Self.prefix + stage.word, stage: stage)
    }

    private init(text: String, stage: ModelStage?) {
        self.text = text
        self.stage = stage
    }
}

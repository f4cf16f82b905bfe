/// A member of a thing that people set, as the API names it.
struct Field: Sendable {
    let name: String
    /// For `--help`.
    let meaning: String

    init(_ name: String, _ meaning: String) {
        self.name = name
        self.meaning = meaning
    }
}

/// What a request to promote names in its favour, beside the version's own run.
package struct PromotionEvidence: Codable, Sendable, Hashable {
    package static let limit = 50

    /// Runs by what they show.
    package var runs: [String: [String]] = [:]

    package init(runs: [GateRules.Source: [String]] = [:]) {
        self.runs = Dictionary(uniqueKeysWithValues: runs.map { ($0.key.rawValue, $0.value) })
    }

    func ids(_ source: GateRules.Source) -> [String] { runs[source.rawValue] ?? [] }

    func check() throws(RegistryError) {
        guard runs.values.map(\.count).reduce(0, +) <= Self.limit else {
            throw .invalid("a request names at most \(Self.limit) runs")
        }
        for id in runs.values.joined() { try Run.check(id: id) }
    }
}

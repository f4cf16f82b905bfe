import FleetDeploy
import FleetModel
import FleetRuntime
import ShipStore

/// What is known aboard of the ship's situation: said by people (`ship-agent facts set`), or written by the
/// ship's automation into a file; of the navigation, whichever said it later.
package struct FactsKeeper: Sendable {
    private static let fileBytes = 16 << 10

    private let store: ShipStore
    private let file: String?

    /// - Parameter file: lines as `facts set` takes them; its time of change is when they were confirmed.
    package init(store: ShipStore, file: String? = nil) {
        self.store = store
        self.file = file
    }

    package func facts(at now: Timestamp) async -> ShipFacts {
        let said = ((try? await known()) ?? KnownFacts()).facts(at: now)
        guard let (written, at) = readFile(at: now) else { return said }
        var facts = written.facts(at: now)
        // A file may be older than what somebody said since.
        if let saidAt = said.knownAt, saidAt > at || facts.navigation == nil {
            facts.navigation = said.navigation
            facts.knownAt = said.knownAt
        }
        if facts.zoneMinutes == 0 { facts.zoneMinutes = said.zoneMinutes }
        facts.isAttended = facts.isAttended || said.isAttended
        facts.labels.merge(said.labels) { written, _ in written }
        return facts
    }

    package func known() async throws -> KnownFacts {
        try Self.decode(try await store.fact(KnownFacts.factKey))
    }

    /// Takes all of the texts, or none.
    ///
    /// - Throws: `CommandError` for the first that is wrong.
    package func take(_ texts: [String], at now: Timestamp) async throws {
        try await store.tidy { writer in
            var facts = try Self.decode(try writer.fact(KnownFacts.factKey))
            for text in texts {
                if let trouble = facts.take(text, at: now) { throw CommandError(trouble) }
            }
            try writer.setFact(KnownFacts.factKey, try DeploymentText.encode(facts))
        }
    }

    private static func decode(_ text: String?) throws -> KnownFacts {
        try text.map { try DeploymentText.decode(KnownFacts.self, $0) } ?? KnownFacts()
    }

    private func readFile(at now: Timestamp) -> (facts: KnownFacts, at: Timestamp)? {
        guard let file, let changed = FolderWork.changed(file),
            let text = try? AtomicFile.readText(file, limit: Self.fileBytes)
        else { return nil }
        var facts = KnownFacts()
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            // A line that makes no sense leaves its fact unknown, which forbids.
            _ = facts.take(String(line), at: changed)
        }
        return (facts, changed)
    }
}

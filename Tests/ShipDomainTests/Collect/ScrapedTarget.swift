import FleetModel
import ShipDomain

/// A session with a catalogue of its own, and what it gave, written so that a test can be read.
final class ScrapedTarget {
    struct CatalogueFailed: Error {}

    var session: ScrapeSession
    var catalogue: [LabelSet] = []
    var kinds: [SeriesKind] = []
    /// How often, and about how many series, the catalogue was asked.
    var asked: [Int] = []
    var isCatalogueBroken = false

    init(honorTimestamps: Bool = true, sampleLimit: Int = 1000) {
        session = ScrapeSession(target: Self.target(honorTimestamps, sampleLimit))
    }

    static func target(_ honorTimestamps: Bool = true, _ sampleLimit: Int = 1000) -> ScrapeTarget {
        ScrapeTarget(
            group: 7,
            job: "j",
            instance: "i",
            honorTimestamps: honorTimestamps,
            sampleLimit: sampleLimit
        )
    }

    func scraped(_ text: String, at milliseconds: Int64) throws -> ScrapeOutcome {
        var session = self.session
        defer { self.session = session }
        return try session.scraped(
            Array(text.utf8),
            contentType: nil,
            at: Timestamp(milliseconds: milliseconds)
        ) { try resolve($0) }
    }

    func failed(at milliseconds: Int64) throws -> ScrapeOutcome {
        var session = self.session
        defer { self.session = session }
        return try session.failed(
            at: Timestamp(milliseconds: milliseconds),
            reason: "connection refused"
        ) { try resolve($0) }
    }

    func retired(at milliseconds: Int64) -> ScrapeOutcome {
        session.retired(at: Timestamp(milliseconds: milliseconds))
    }

    /// As after a restart of the agent: the catalogue stays, the session begins anew.
    func restart() {
        session = ScrapeSession(target: session.target, live: session.liveSeries)
    }

    /// The batches as lines: the time, then each series with its value, `stale` for a marker.
    func shown(_ outcome: ScrapeOutcome) -> [String] {
        outcome.batches.map { batch in
            let samples = zip(batch.numbers, batch.values).map { number, value in
                let labels = catalogue[Int(number.rawValue)].labels
                    .filter { $0.name != "job" && $0.name != "instance" }
                let shown = LabelSet(labels).description
                return StaleMarker.isStale(value) ? "\(shown) stale" : "\(shown) \(value)"
            }
            return "\(batch.at.milliseconds): " + samples.joined(separator: ", ")
        }
    }

    var live: [String] {
        session.liveSeries.map { catalogue[Int($0.rawValue)].name }.sorted()
    }

    private func resolve(
        _ definitions: [(labels: LabelSet, kind: SeriesKind)]
    ) throws -> [SeriesNumber] {
        if isCatalogueBroken { throw CatalogueFailed() }
        asked.append(definitions.count)
        return definitions.map { definition in
            if let known = catalogue.firstIndex(of: definition.labels) {
                return SeriesNumber(UInt32(known))
            }
            catalogue.append(definition.labels)
            kinds.append(definition.kind)
            return SeriesNumber(UInt32(catalogue.count - 1))
        }
    }
}

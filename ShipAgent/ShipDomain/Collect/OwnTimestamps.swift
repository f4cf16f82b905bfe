import FleetModel

/// Sorts the samples that an exporter gave timestamps of its own.
///
/// Such an exporter (a gateway, a cache) repeats a sample until it has a newer one, so a time that
/// a series already has is no news. What is older is left out, as Prometheus does: a series goes
/// forward in time.
struct OwnTimestamps {
    private let group: UInt32
    private let scrapedAt: Timestamp
    private let latest: Timestamp
    private var builders: [Timestamp: BatchBuilder] = [:]

    init(group: UInt32, scrapedAt: Timestamp) {
        self.group = group
        self.scrapedAt = scrapedAt
        latest = scrapedAt + ScrapeLimits.timestampAhead
    }

    mutating func take(
        _ value: Double,
        _ timestamp: Timestamp,
        _ state: inout SeriesStates.State,
        _ outcome: inout ScrapeOutcome,
        scrape: UInt32
    ) {
        guard timestamp <= latest, timestamp >= state.newest else {
            outcome.outOfBounds += 1
            return
        }
        guard timestamp > state.newest else {
            if state.lastOwn == scrape {
                outcome.duplicates += 1
            } else {
                outcome.repeats += 1
            }
            return
        }
        state.lastOwn = scrape
        state.newest = timestamp
        builders[timestamp, default: BatchBuilder(group: group, at: timestamp)]
            .append(state.number, value)
        outcome.sampleCount += 1
    }

    func batches() -> [SampleBatch] {
        builders.values.map { $0.finish() }.sorted { $0.at < $1.at }
    }
}

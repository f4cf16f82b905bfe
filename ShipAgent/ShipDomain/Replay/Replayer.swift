import FleetModel
import FleetRuntime
import FleetSeries
import Logging
import ShipStore

/// Feeds recorded scrapes into the store as if they had been scraped at their recorded times.
///
/// The cursor of a file moves in the transaction that stores its samples, so a replay that was
/// killed goes on where it was, and one that is finished does nothing when it is asked again.
package struct Replayer: Sendable {
    /// What one file gave.
    package struct Summary: Sendable, Equatable {
        package var scrapes = 0
        package var samples = 0
        /// Lines that were in the store already, from an earlier run.
        package var skippedLines = 0
        package var failedScrapes = 0
        package var wasFinished = false
    }

    private let store: ShipStore
    private let instance: String
    /// Recorded time that goes into one segment.
    private let segmentLength: Duration
    private let logger: Logger

    package init(store: ShipStore, instance: String, segmentLength: Duration, logger: Logger) {
        self.store = store
        self.instance = instance
        self.segmentLength = segmentLength
        self.logger = logger
    }

    /// Samples held before they are written, whatever the time they span: bounds the memory.
    private static let samplesPerWrite = 200_000

    /// - Throws: `RecordedScrapesError` naming file and line; what came before it is stored.
    package func replay(_ path: String) async throws -> Summary {
        let job = RecordedScrapes.jobName(ofPath: path)
        let file = try FileFingerprint(ofPath: path).description
        let instance = instance
        let (cursor, target) = try await retryingWhenFull {
            try await store.write { writer in
                (
                    try writer.replayCursor(file: file, job: job, instance: instance),
                    try writer.target("replay \(job) \(instance)")
                )
            }
        }
        var summary = Summary()
        guard !cursor.isFinished else {
            summary.wasFinished = true
            return summary
        }
        var scrapes = try RecordedScrapes(path: path)
        scrapes.skip(to: cursor.nextLine)
        summary.skippedLines = cursor.nextLine - 1
        var feed = Feed(
            cursor: cursor,
            session: ScrapeSession(
                target: ScrapeTarget(group: target.group, job: job, instance: instance),
                live: target.live
            )
        )
        while true {
            let next: RecordedScrape?
            do {
                next = try scrapes.next()
            } catch {
                // What was read before the damage is good.
                if !feed.pending.isEmpty { _ = try await flush(feed, &summary) }
                throw error
            }
            guard let scrape = next else { break }
            try Task.checkCancellation()
            if feed.isDue(before: scrape, length: segmentLength, limit: Self.samplesPerWrite) {
                feed = try await flush(feed, &summary)
            }
            feed.pending.append(scrape)
            if case .body(let body) = scrape.result { feed.pendingBytes += body.count }
        }
        feed.cursor.isFinished = true
        _ = try await flush(feed, &summary)
        return summary
    }

    /// Scrapes that wait for their transaction.
    private struct Feed: Sendable {
        var cursor: ReplayCursor
        var session: ScrapeSession
        var pending: [RecordedScrape] = []
        var pendingBytes = 0

        /// Whether the pending scrapes are enough for a segment before `scrape` joins them. About
        /// 100 bytes of text make a sample.
        func isDue(before scrape: RecordedScrape, length: Duration, limit: Int) -> Bool {
            guard let first = pending.first else { return false }
            let slot = first.at.floored(to: length)
            return scrape.at.floored(to: length) != slot || pendingBytes / 100 >= limit
        }
    }

    private func flush(_ feed: Feed, _ summary: inout Summary) async throws -> Feed {
        let (next, samples, failures) = try await retryingWhenFull {
            try await store.write { writer -> (Feed, Int, Int) in
                var feed = feed
                var batches: [SampleBatch] = []
                var failures = 0
                for scrape in feed.pending {
                    let outcome = try feed.session.outcome(of: scrape) {
                        try writer.resolve($0)
                    }
                    if !outcome.up { failures += 1 }
                    batches.append(contentsOf: outcome.batches)
                    feed.cursor.nextLine = scrape.line + 1
                }
                var encoder = MetricsSegmentEncoder()
                try writer.acceptAndSeal(batches, encoder: &encoder)
                try writer.setLive(
                    feed.session.liveSeries,
                    group: feed.session.target.group
                )
                try writer.setReplayCursor(feed.cursor)
                feed.pending = []
                feed.pendingBytes = 0
                return (feed, batches.reduce(0) { $0 + $1.numbers.count }, failures)
            }
        }
        summary.scrapes += feed.pending.count
        summary.samples += samples
        summary.failedScrapes += failures
        return next
    }

    /// A full disk stops a replay, it does not end it.
    private func retryingWhenFull<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        let throttle = Throttle(every: .seconds(30))
        while true {
            do {
                return try await body()
            } catch let error as StoreError where error.isRetryable {
                throttle.log(logger, .warning, "waiting: \(error)")
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}

extension ScrapeSession {
    fileprivate mutating func outcome(
        of scrape: RecordedScrape,
        resolve: ScrapeSession.Resolve
    ) throws -> ScrapeOutcome {
        switch scrape.result {
        case .body(let body):
            try scraped(body, contentType: nil, at: scrape.at, resolve: resolve)
        case .failure(let reason):
            try failed(at: scrape.at, reason: reason, resolve: resolve)
        }
    }
}

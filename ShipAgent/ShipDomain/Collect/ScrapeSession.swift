import FleetModel

/// Turns the scrapes of one target into samples, as Prometheus does, and without any I/O.
///
/// A series that the last successful scrape had and this one lacks ends with a staleness marker;
/// a scrape that fails ends all of them and says `up` 0. One session per target; give a target's
/// scrapes to it in order of time.
package struct ScrapeSession: Sendable {
    /// Gives the number of each series, in order; equal labels have equal numbers. A session asks
    /// about a series when it first meets it, or meets it again after a long absence.
    package typealias Resolve = ([(labels: LabelSet, kind: SeriesKind)]) throws -> [SeriesNumber]

    package let target: ScrapeTarget
    private var cache = SeriesTextCache()
    private var states = SeriesStates()
    private var verdicts = VerdictTable()
    /// Counts successful scrapes; 0 is before the first.
    private var scrape: UInt32 = 0
    /// The cache's entry of the first text in the last scrape.
    private var first: Int?
    /// The state of the target's own `up`.
    private var up: Int?

    /// - Parameter live: What `liveSeries` was before a restart. The ones that the first scrape no
    ///   longer has get their staleness markers then.
    package init(target: ScrapeTarget, live: [SeriesNumber] = []) {
        self.target = target
        for number in live {
            let index = states.index(of: number)
            states[index].isLive = true
        }
    }

    /// The series that would get a staleness marker if the target went away now, `up` among them.
    package var liveSeries: [SeriesNumber] {
        states.states.filter(\.isLive).map(\.number)
    }

    /// Series texts in the cache, for the agent's own metrics.
    package var cachedSeries: Int { cache.count }

    /// Takes a body that the target answered with.
    ///
    /// A malformed body, or one above a limit, is a failed scrape and not an error.
    /// - Parameters:
    ///   - contentType: The answer's, where there was one; see `ExpositionFormat`.
    ///   - at: When the scrape began.
    /// - Throws: What `resolve` throws. The session is then as it was before.
    package mutating func scraped(
        _ body: [UInt8],
        contentType: String?,
        at time: Timestamp,
        resolve: Resolve
    ) throws -> ScrapeOutcome {
        let scraped: ScrapedTexts
        // Nothing at all is a target without series, in either format.
        let format =
            body.isEmpty
            ? .prometheusText : ExpositionFormat(contentType: contentType, body: body)
        do {
            scraped = try ScrapedTexts(
                body,
                format: format,
                target: target,
                cache: cache,
                first: first,
                asksForUp: up == nil
            )
        } catch {
            return try failed(at: time, reason: error.description, resolve: resolve)
        }
        let numbers = try Self.resolved(scraped.definitions, resolve)

        var outcome = ScrapeOutcome(batches: [], up: true, newSeries: numbers.count)
        outcome.examples = scraped.examples
        scrape &+= 1
        let up = self.up ?? states.index(of: numbers[0])
        self.up = up
        let entries = remember(scraped, numbers, body.span)
        var batch = BatchBuilder(group: target.group, at: time, capacity: scraped.samples.count + 1)
        _ = states.take(up, at: time, scrape: scrape, isLive: true)
        batch.append(states[up].number, 1)
        var own = OwnTimestamps(group: target.group, scrapedAt: time)
        take(scraped, entries, into: &batch, &own, &outcome)

        let ended = states.endUnseen(in: scrape)
        for number in ended { batch.append(number, StaleMarker.value) }
        outcome.staleMarkers = ended.count
        outcome.batches = [batch.finish()] + own.batches()
        outcome.problem = Self.problem(outcome)
        forgetUnseen()
        return outcome
    }

    /// Takes the news that the target gave no usable answer: `up` 0, and the end of all its series.
    ///
    /// - Throws: What `resolve` throws. The session is then as it was before.
    package mutating func failed(
        at time: Timestamp,
        reason: String,
        resolve: Resolve
    ) throws -> ScrapeOutcome {
        var newSeries = 0
        if up == nil {
            let numbers = try Self.resolved([(target.upLabels, .gauge)], resolve)
            up = numbers.first.map { states.index(of: $0) }
            newSeries = 1
        }
        var batch = BatchBuilder(group: target.group, at: time, capacity: states.states.count)
        if let up {
            batch.append(states[up].number, 0)
            states[up].isLive = false
        }
        let ended = end(into: &batch)
        if let up { states[up].isLive = true }
        return ScrapeOutcome(
            batches: [batch.finish()],
            up: false,
            newSeries: newSeries,
            staleMarkers: ended,
            problem: reason
        )
    }

    /// Takes the news that the target is scraped no more, because it was taken from the
    /// configuration or the agent stops for good: the end of all its series and of `up`.
    ///
    /// Not for a restart: there `liveSeries` is handed on instead.
    package mutating func retired(at time: Timestamp) -> ScrapeOutcome {
        var batch = BatchBuilder(group: target.group, at: time, capacity: states.states.count)
        let ended = end(into: &batch)
        return ScrapeOutcome(
            batches: ended == 0 ? [] : [batch.finish()],
            up: false,
            staleMarkers: ended
        )
    }

    private static func resolved(
        _ asked: [(labels: LabelSet, kind: SeriesKind)],
        _ resolve: Resolve
    ) throws -> [SeriesNumber] {
        guard !asked.isEmpty else { return [] }
        let numbers = try resolve(asked)
        precondition(numbers.count == asked.count, "every series asked about has a number")
        return numbers
    }
}

extension ScrapeSession {
    /// Puts the new texts into the cache and returns their entries, or their states where the
    /// cache is full.
    private mutating func remember(
        _ scraped: ScrapedTexts,
        _ numbers: [SeriesNumber],
        _ bytes: Span<UInt8>
    ) -> [(entry: Int?, series: Int)] {
        scraped.newTexts.map { text in
            let series =
                switch text.meaning {
                case .series(let definition): states.index(of: numbers[definition])
                case .dropped: Int(VerdictTable.dropped)
                case .refused(let violation): Int(verdicts.number(of: violation))
                }
            let entry =
                cache.find(bytes, text.range, hash: text.hash)
                ?? cache.insert(bytes, text.range, hash: text.hash, series: series)
            return (entry, series)
        }
    }

    private mutating func take(
        _ scraped: ScrapedTexts,
        _ newEntries: [(entry: Int?, series: Int)],
        into batch: inout BatchBuilder,
        _ own: inout OwnTimestamps,
        _ outcome: inout ScrapeOutcome
    ) {
        var timestamps = scraped.timestamps.makeIterator()
        var previous: Int?
        first = nil
        for sample in scraped.samples {
            let text = Int(sample.text)
            let isNew = text >= scraped.cached
            let entry = isNew ? newEntries[text - scraped.cached].entry : text
            let series =
                isNew ? newEntries[text - scraped.cached].series : cache.series(of: text)
            if let entry {
                cache.note(entry, seenAt: scrape, after: previous)
                previous = entry
                if first == nil { first = entry }
            }
            if series >= Int(VerdictTable.first) {
                if sample.hasTimestamp { _ = timestamps.next() }
                switch verdicts.verdict(UInt32(truncatingIfNeeded: series)) {
                case .dropped: outcome.dropped += 1
                case .refused(let violation): outcome.refused[violation, default: 0] += 1
                }
            } else if sample.hasTimestamp, let timestamp = timestamps.next(), timestamp != batch.at
            {
                own.take(sample.value, timestamp, &states[series], &outcome, scrape: scrape)
            } else if states.take(
                series,
                at: batch.at,
                scrape: scrape,
                isLive: !sample.hasTimestamp
            ) {
                batch.append(states[series].number, sample.value)
                outcome.sampleCount += 1
            } else {
                outcome.duplicates += 1
            }
        }
    }

    /// Ends all live series.
    private mutating func end(into batch: inout BatchBuilder) -> Int {
        // No scrape has this number: the next one that succeeds takes it.
        let ended = states.endUnseen(in: scrape &+ 1)
        for number in ended { batch.append(number, StaleMarker.value) }
        return ended.count
    }

    private mutating func forgetUnseen() {
        let unused = cache.unseenCount(since: scrape)
        let isCrowded = unused > cache.count - unused + ScrapeLimits.unusedTexts
        // Looked for now and then only; the texts may stay twice as long as they must.
        let isDue = unused > 0 && scrape % ScrapeLimits.scrapesUnseen == 0
        guard isCrowded || isDue else { return }
        let since =
            isCrowded ? scrape : scrape - min(scrape, ScrapeLimits.scrapesUnseen - 1)
        var used = cache.series(seenSince: since).filter { $0 < Int(VerdictTable.first) }
        if let up { used.append(up) }
        let newStates = states.compact(keeping: used)
        let newEntries = cache.removeUnseen(since: since) {
            $0 < Int(VerdictTable.first) ? newStates[$0] : $0
        }
        up = up.map { newStates[$0] }
        first = first.flatMap { newEntries[$0] }
    }

    private static func problem(_ outcome: ScrapeOutcome) -> String? {
        var parts: [String] = []
        if outcome.duplicates > 0 {
            parts.append(
                "\(outcome.duplicates) samples repeat a series of the same scrape and were left out"
            )
        }
        if outcome.outOfBounds > 0 {
            parts.append(
                "\(outcome.outOfBounds) samples have timestamps before the series' newest sample"
                    + " or in the future, and were left out"
            )
        }
        for (violation, count) in outcome.refused {
            parts.append("\(count) samples are of series where \(violation), and were left out")
        }
        return parts.isEmpty ? nil : parts.sorted().joined(separator: "; ")
    }
}

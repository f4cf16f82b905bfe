import FleetIdentity
import FleetModel
import FleetSeries
import FoundationEssentials
import GRDB

/// What a transaction of the store may do. Lent to a closure; all of it is kept, or nothing.
package struct StoreWriter: ~Copyable {
    let db: Database
    let draft: SegmentChainDraft
    /// When the transaction began.
    let now: Timestamp
    /// See `ShipStore`.
    let backlogAfter: Duration
    let resolutions: [ResolutionRule]
    let offeredMark: OfferedMark
    let watch: SeriesWatch

    // MARK: Catalogue

    /// The numbers of these series; new ones are entered in the catalogue.
    package func resolve(
        _ series: [(labels: LabelSet, kind: SeriesKind)]
    ) throws -> [SeriesNumber] {
        let find = try db.cachedStatement(sql: "SELECT number FROM series WHERE labels = ?")
        let add = try db.cachedStatement(sql: "INSERT INTO series VALUES (?, ?, ?, ?)")
        var next =
            try Int64.fetchOne(db, sql: "SELECT coalesce(max(number), -1) + 1 FROM series") ?? 0
        var numbers: [SeriesNumber] = []
        numbers.reserveCapacity(series.count)
        for (labels, kind) in series {
            let text = CatalogueText.encode(labels)
            if let known = try Int64.fetchOne(find, arguments: [text]) {
                numbers.append(SeriesNumber(UInt32(known)))
                continue
            }
            guard next < Int64(Limits.seriesPerShip) else {
                throw StoreError(
                    .unusable,
                    "this ship has \(next) series, its limit: drop labels that change all the time"
                )
            }
            let resolution = resolutions.resolution(of: labels)?.description
            try add.execute(arguments: [next, text, kind.rawValue, resolution])
            numbers.append(SeriesNumber(UInt32(next)))
            next += 1
        }
        return numbers
    }

    // MARK: Samples

    /// Accepts samples: they are in the ledger and in the window, and will be ashore.
    package func accept(_ batches: [SampleBatch], at now: Timestamp) throws {
        let add = try db.cachedStatement(
            sql: "INSERT INTO window (accepted_at, records, body) VALUES (?, ?, ?)"
        )
        var count = 0
        var days: [Int32: Int] = [:]
        for batch in try rounded(batches) where !batch.numbers.isEmpty {
            days[DayAccount.day(of: batch.at), default: 0] += batch.numbers.count
            let body = Data(batch.encoded())
            try add.execute(arguments: [now.milliseconds, batch.numbers.count, body])
            count += batch.numbers.count
        }
        try addProduced(count, to: .metrics)
        try addProduced(days, to: .metrics)
        watch.received(batches)
    }

    /// Accepts samples and seals them at once, past the window: how recorded files come in.
    package func acceptAndSeal(
        _ batches: [SampleBatch],
        encoder: inout MetricsSegmentEncoder
    ) throws {
        let batches = try rounded(batches).filter { !$0.numbers.isEmpty }
        try addProduced(batches.reduce(0) { $0 + $1.numbers.count }, to: .metrics)
        var days: [Int32: Int] = [:]
        for batch in batches {
            days[DayAccount.day(of: batch.at), default: 0] += batch.numbers.count
        }
        try addProduced(days, to: .metrics)
        try sealCatalogue()
        try seal(batches[...], encoder: &encoder)
    }

    /// Seals the window's samples into segments if they are old or many enough.
    ///
    /// - Returns: the samples sealed.
    package func sealWindow(
        acceptedBefore: Timestamp,
        orAtLeast threshold: Int,
        now: Timestamp = Timestamp(milliseconds: .max),
        encoder: inout MetricsSegmentEncoder
    ) throws -> Int {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT min(accepted_at) AS oldest, max(accepted_at) AS newest,
                    coalesce(sum(records), 0) AS records
                FROM window
                """
        )
        guard let row, let oldest: Int64 = row["oldest"] else { return 0 }
        let records: Int = row["records"]
        // Accepted in the future: the clock was set back, and age can't be told.
        let newest: Int64 = row["newest"]
        guard
            oldest < acceptedBefore.milliseconds || records >= threshold
                || newest > now.milliseconds
        else { return 0 }
        try sealCatalogue()
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT id, records, body FROM window ORDER BY id"
        )
        var batches: [SampleBatch] = []
        var taken = 0
        var last: Int64 = 0
        while let row = try rows.next() {
            let count: Int = row["records"]
            if !batches.isEmpty, taken + count > Self.samplesPerPass { break }
            batches.append(try SampleBatch(decoding: Array(row["body"] as Data)))
            taken += count
            last = row["id"]
        }
        let sent = try Self.intakeGroups(db)
        if !sent.isEmpty {
            try rememberNewest(of: batches, groups: sent)
            batches = SampleBatch.merged(batches, groups: sent)
        }
        try seal(batches[...], encoder: &encoder)
        try db.execute(sql: "DELETE FROM window WHERE id <= ?", arguments: [last])
        return taken
    }

    /// Samples sealed in one transaction: bounds the time that others wait for the store.
    private static let samplesPerPass = 500_000

    /// Seals batches, halving them until each segment is within its limits: first by time, and what
    /// is left of one moment by series, since one scrape alone may be too much for a segment.
    private func seal(
        _ batches: ArraySlice<SampleBatch>,
        encoder: inout MetricsSegmentEncoder
    ) throws {
        guard !batches.isEmpty else { return }
        let times = batches.map(\.at)
        let span = (times.max() ?? .init(seconds: 0)) - (times.min() ?? .init(seconds: 0))
        let samples = batches.reduce(0) { $0 + $1.numbers.count }
        let fits = span <= Limits.segmentSpan && samples <= Limits.segmentSamples / 4
        if fits || samples == 1 {
            do {
                try appendPredicted(Array(batches), encoder: &encoder)
                return
            } catch let error as SegmentError where error.isTooMuch && samples > 1 {
                // Too much for one segment: halve, below.
            }
        }
        if batches.count == 1, let whole = batches.first {
            let middle = whole.numbers.count / 2
            for part in [0..<middle, middle..<whole.numbers.count] {
                try seal([whole.part(part)], encoder: &encoder)
            }
            return
        }
        let middle = batches.startIndex + batches.count / 2
        try seal(batches[..<middle], encoder: &encoder)
        try seal(batches[middle...], encoder: &encoder)
    }

    /// Predicts from the segment before where the chain allows it, and appends to the lane.
    private func appendPredicted(
        _ batches: [SampleBatch],
        encoder: inout MetricsSegmentEncoder
    ) throws {
        let lane = try LaneRecord.fetch(.metrics, db)
        var chain = draft.chain.flatMap { chain in
            chain.continues(lane) && chain.length < SegmentChain.longest ? chain : nil
        }
        if let known = chain, try mustStandAlone(after: known, in: lane) { chain = nil }
        do {
            let (segment, context) = try encoder.encode(batches, predictedFrom: chain?.context)
            let digest = try append(segment, to: .metrics, standsAlone: chain == nil)
            try noteSealed(bytes: segment.bytes.count)
            draft.chain = SegmentChain(
                end: lane.endSequence + 1,
                digest: digest,
                context: context,
                length: (chain?.length ?? 0) + 1,
                samples: (chain?.samples ?? 0) + segment.recordCount
            )
        } catch let error as SegmentError where error.isTooMuch && chain != nil {
            // The memory of many series that are gone counts too: alone it may fit.
            draft.chain = nil
            try appendPredicted(batches, encoder: &encoder)
        }
    }

    // MARK: Events

    /// Records an event; it is sealed at once, since events go first and wait for nothing.
    package func record(_ event: FleetEvent) throws {
        try addProduced(1, to: .events)
        try addProduced([DayAccount.day(of: event.at): 1], to: .events)
        try append(EventSegment.encode([event]), to: .events)
    }

    // MARK: Targets and replays

    /// The target's group number and the series it had at its last scrape.
    package func target(_ identity: String) throws -> (group: UInt32, live: [SeriesNumber]) {
        try db.execute(
            sql: "INSERT OR IGNORE INTO targets (identity, live) VALUES (?, x'')",
            arguments: [identity]
        )
        let row = try Row.fetchOne(
            db,
            sql: "SELECT target_group, live FROM targets WHERE identity = ?",
            arguments: [identity]
        )
        guard let row else { throw StoreError(.damaged, "a scrape target can't be stored") }
        var reader = ByteReader(Array(row["live"] as Data))
        var live: [SeriesNumber] = []
        while reader.remaining > 0 {
            live.append(SeriesNumber(UInt32(truncatingIfNeeded: try reader.readVarint())))
        }
        return (UInt32(truncatingIfNeeded: row["target_group"] as Int64), live)
    }

    /// Every target that this store has seen.
    package func targets() throws -> [(identity: String, group: UInt32, live: [SeriesNumber])] {
        try String.fetchAll(db, sql: "SELECT identity FROM targets ORDER BY target_group").map {
            let known = try target($0)
            return ($0, known.group, known.live)
        }
    }

    /// Remembers which series the target has now.
    package func setLive(_ live: [SeriesNumber], group: UInt32) throws {
        var writer = ByteWriter(reserving: live.count * 3)
        for number in live { writer.writeVarint(UInt64(number.rawValue)) }
        try db.execute(
            sql: "UPDATE targets SET live = ? WHERE target_group = ?",
            arguments: [Data(writer.bytes), group]
        )
    }

    /// Where the replay of a file stands; from its start where it never ran.
    package func replayCursor(
        file: String,
        job: String,
        instance: String
    ) throws -> ReplayCursor {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT next_line, is_finished
                FROM replays
                WHERE file = ? AND job = ? AND instance = ?
                """,
            arguments: [file, job, instance]
        )
        return ReplayCursor(
            file: file,
            job: job,
            instance: instance,
            nextLine: row?["next_line"] ?? 1,
            isFinished: row?["is_finished"] ?? false
        )
    }

    /// Moves a replay's cursor, in the transaction of the samples it stands for.
    package func setReplayCursor(_ cursor: ReplayCursor) throws {
        try db.execute(
            sql: """
                INSERT INTO replays (file, job, instance, next_line, is_finished)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (file, job, instance)
                DO UPDATE SET next_line = excluded.next_line, is_finished = excluded.is_finished
                """,
            arguments: [
                cursor.file, cursor.job, cursor.instance, cursor.nextLine, cursor.isFinished,
            ]
        )
    }

    // MARK: Segments

    /// Seals the definitions of all series that are in no catalogue segment yet.
    func sealCatalogue() throws {
        while true {
            let sealed = try LaneRecord.fetch(.catalogue, db).produced
            let rows = try Row.fetchAll(
                db,
                sql:
                    "SELECT * FROM series WHERE number >= ? ORDER BY number LIMIT ?",
                arguments: [Int64(sealed), Self.definitionsPerSegment]
            )
            guard !rows.isEmpty else { return }
            let definitions = try rows.map { row in
                SeriesDefinition(
                    number: SeriesNumber(UInt32(truncatingIfNeeded: row["number"] as Int64)),
                    labels: try CatalogueText.decode(row["labels"]),
                    kind: SeriesKind(rawValue: row["kind"]) ?? .unknown,
                    resolution: (row["resolution"] as String?).flatMap { Resolution($0) }
                )
            }
            try appendCatalogue(definitions[...])
        }
    }

    private static let definitionsPerSegment = 4096

    private func appendCatalogue(_ definitions: ArraySlice<SeriesDefinition>) throws {
        do {
            let segment = try CatalogueSegment.encode(Array(definitions))
            try append(segment, to: .catalogue)
            try addProduced(definitions.count, to: .catalogue)
        } catch let error as SegmentError where error.isTooMuch && definitions.count > 1 {
            let middle = definitions.startIndex + definitions.count / 2
            try appendCatalogue(definitions[..<middle])
            try appendCatalogue(definitions[middle...])
        }
    }

    /// - Returns: the lane's digest behind it.
    @discardableResult
    func append(
        _ segment: SealedSegment,
        to lane: Lane,
        standsAlone: Bool = true
    ) throws -> ChainDigest {
        let record = try LaneRecord.fetch(lane, db)
        let chain = record.endChain.advanced(by: segment.bytes)
        try db.execute(
            sql: """
                INSERT INTO segments (
                    lane, sequence, records, first_at, last_at, chain, length, body, sealed_at,
                    stands_alone
                )
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                lane.rawValue, Int64(record.endSequence), segment.recordCount,
                segment.first.milliseconds, segment.last.milliseconds, Data(chain.bytes),
                segment.bytes.count, Data(segment.bytes), now.milliseconds, standsAlone,
            ]
        )
        try db.execute(
            sql: "UPDATE lanes SET end_sequence = end_sequence + 1, end_chain = ? WHERE lane = ?",
            arguments: [Data(chain.bytes), lane.rawValue]
        )
        return chain
    }

    func addProduced(_ count: Int, to lane: Lane) throws {
        try db.execute(
            sql: "UPDATE lanes SET produced = produced + ? WHERE lane = ?",
            arguments: [count, lane.rawValue]
        )
    }
}

extension SegmentError {
    /// Less in one segment would do.
    var isTooMuch: Bool { code == .tooLarge || code == .aboveLimit }
}

import CorePostgres
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries

/// What one ingest transaction does, step by step: the positions are locked, every segment is stored
/// in its turn, and the positions move with them.
struct SegmentStorage {
    /// What is true once the transaction is committed.
    struct Result: Sendable {
        var catalogue: SeriesCatalogue
        var steps: [Lane: LaneStep] = [:]
        var quarantined: [SegmentError] = []
    }

    private let desk: LaneDesk
    private let quota: QuotaDesk
    private let listener: (any EventListener)?
    private let now: Timestamp
    private var rollups = RollupAccumulator()
    /// What came in the place of samples.
    private var thinned = ThinnedAccumulator()
    private var days = DayCounts()
    /// Ranges whose samples come back.
    private var recalled: [Declaration] = []
    private var blocks: [Block] = []
    /// Metrics segments that could be decoded, set aside or not: the chain goes through them.
    private var tail: [Block] = []
    private var logBlocks: [(segment: ReceiveSession.Segment, logs: DecodedLogs)] = []
    private(set) var result: Result

    private struct Block {
        let segment: ReceiveSession.Segment
        let metrics: DecodedMetrics
    }

    init(
        desk: LaneDesk,
        catalogue: SeriesCatalogue,
        quota: QuotaDesk,
        listener: (any EventListener)? = nil,
        at now: Timestamp
    ) {
        self.desk = desk
        self.quota = quota
        self.listener = listener
        self.now = now
        self.result = Result(catalogue: catalogue)
    }

    private var tenant: PostgresValue { .int64(desk.identity.tenant.rawValue) }
    private var ship: PostgresValue { .int64(desk.identity.ship.rawValue) }

    mutating func begin() throws {
        for (lane, position) in try desk.lock() {
            result.steps[lane] = LaneStep(next: position.sequence, chain: position.chain)
        }
        // Another session entered definitions, or this one did and did not hear the COMMIT: without
        // them good samples would be set aside.
        let stands = result.steps[.catalogue]?.next ?? 0
        if stands != result.catalogue.sequence {
            try result.catalogue.load(at: stands, desk.connection)
        }
    }

    /// Stores one segment if its lane has not passed it yet.
    mutating func store(_ segment: ReceiveSession.Segment, _ content: DecodedSegment) throws {
        guard var step = result.steps[segment.lane] else {
            throw IngestError.disagreement("the lane \(segment.lane) was never opened")
        }
        // Committed already: by this session before the answer got lost, or by another one.
        guard segment.sequence >= step.next else { return }
        guard segment.sequence == step.next else {
            throw IngestError.disagreement(
                "segment \(segment.sequence) of \(segment.lane) came where \(step.next) is next"
            )
        }
        step.next += 1
        step.chain = step.chain.advanced(by: segment.bytes)
        step.bytes += Int64(segment.bytes.count)
        do {
            let kept = try keep(segment, content)
            step.records += kept.records
            step.quarantined += kept.refused
            step.refused += kept.refused
        } catch let error as SegmentError {
            // The ship's word, since nothing can be counted; no segment holds more than the limit.
            let records = Int64(min(segment.recordCount, UInt64(Limits.segmentSamples)))
            try desk.quarantine(segment, records: records, reason: "\(error)", at: now)
            step.quarantined += records
            result.quarantined.append(error)
        }
        result.steps[segment.lane] = step
        if segment.lane == .catalogue { result.catalogue.moved(to: step.next) }
    }

    /// - Returns: the records stored, and those that a limit of the tenant kept out.
    /// - Throws: `SegmentError` for what is to be set aside, before anything of it was stored.
    private mutating func keep(
        _ segment: ReceiveSession.Segment,
        _ content: DecodedSegment
    ) throws -> (records: Int64, refused: Int64) {
        switch content {
        case .bad(let error):
            throw error
        case .catalogue(let definitions):
            let expected = result.catalogue.watermark
            guard definitions.first?.number.rawValue == expected else {
                throw SegmentError(
                    .malformed,
                    "the definitions do not begin at the catalogue's end, \(expected)"
                )
            }
            let refused = try result.catalogue.enter(definitions, quota)
            if refused > 0 { try tell(refused, of: definitions.count) }
            return (Int64(definitions.count), 0)
        case .metrics(let metrics):
            // The backlog's segments stand alone: nothing is read with them.
            if segment.lane == .metrics { tail.append(Block(segment: segment, metrics: metrics)) }
            let samples = metrics.segment
            guard samples.watermark <= result.catalogue.watermark else {
                throw SegmentError(
                    .malformed,
                    "it cites series \(samples.watermark - 1), the catalogue has "
                        + "\(result.catalogue.watermark)"
                )
            }
            let catalogue = result.catalogue
            let kept =
                catalogue.refusedCount == 0
                ? DecodedMetrics.Remainder(segments: [samples], metrics: metrics, dropped: 0)
                : try metrics.keeping { catalogue.id(of: $0) != nil }
            for part in kept.segments {
                rollups.add(part, isCounter: catalogue.isCounter) { catalogue.id(of: $0) ?? -1 }
                days.add(part)
            }
            blocks.append(Block(segment: segment, metrics: kept.metrics))
            return (Int64(samples.sampleCount - kept.dropped), Int64(kept.dropped))
        case .events(let events):
            try store(events, of: segment)
            try listener?.stored(events, of: desk.identity, at: now, in: desk.connection)
            for event in events { days.add(1, of: .events, at: event.at.milliseconds) }
            return (Int64(events.count), 0)
        case .summary(let summary):
            try keep(summary, of: segment)
            return (Int64(summary.recordCount), 0)
        case .logs(let logs):
            logBlocks.append((segment, logs))
            days.add(logs.days)
            return (Int64(logs.recordCount), 0)
        }
    }

    /// Nothing is kept out in silence.
    private func tell(_ refused: Int, of count: Int) throws {
        try desk.raise(
            .warning,
            "quota_exceeded",
            "\(refused) of \(count) new series are beyond the tenant's limit 'series': their samples are "
                + "dropped ashore and counted, until the limit is raised and the ship comes again",
            at: now
        )
    }

    private mutating func keep(
        _ summary: DecodedSummary,
        of segment: ReceiveSession.Segment
    ) throws {
        let desk = SummaryDesk(desk: desk, now: now)
        switch summary {
        case .records(let records):
            try desk.keep(records, of: segment)
            recalled += records.declarations.filter(\.isRecall)
        case .rollups(let rollups):
            guard rollups.watermark <= result.catalogue.watermark else {
                throw SegmentError(
                    .malformed,
                    "it cites series \(rollups.watermark - 1), the catalogue has "
                        + "\(result.catalogue.watermark)"
                )
            }
            try desk.keep(rollups, of: segment)
            thinned.add(rollups, identify: result.catalogue.id)
        }
    }

    /// Writes blocks and rollups, and moves the positions.
    mutating func finish() throws {
        try copyBlocks()
        try copyLogBlocks()
        try keepTail()
        try mergeRollups()
        try SummaryDesk(desk: desk, now: now).keep(days)
        for (lane, step) in result.steps.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where step.bytes > 0 {
            try desk.move(lane, step, at: now)
        }
    }

    private func copyBlocks() throws {
        guard !blocks.isEmpty else { return }
        _ = try desk.connection.copy(
            into: "hawser.sample_blocks",
            columns: [
                "tenant_id", "ship_id", "week_at", "first_at", "epoch", "sequence", "part",
                "last_at", "sample_count", "body",
            ]
        ) { writer in
            for stored in blocks {
                for (part, block) in stored.metrics.blocks.enumerated() {
                    let first = block.first.milliseconds
                    try writer.row(values: [
                        tenant, ship, .timestamp(TableTime.clamped(first)), .int64(first),
                        .int64(desk.epoch.tableValue), .int64(Int64(stored.segment.sequence)),
                        .int32(Self.part(part, of: stored.segment.lane)),
                        .int64(block.last.milliseconds),
                        .int32(Int32(block.sampleCount)), .bytes(block.bytes),
                    ])
                }
            }
        }
    }

    private func copyLogBlocks() throws {
        guard !logBlocks.isEmpty else { return }
        _ = try desk.connection.copy(
            into: "hawser.log_blocks",
            columns: [
                "tenant_id", "ship_id", "week_at", "last_at", "epoch", "sequence", "first_at",
                "record_count", "gravest_severity", "trigrams", "body",
            ]
        ) { writer in
            for (segment, logs) in logBlocks {
                let last = logs.last.milliseconds
                try writer.row(values: [
                    tenant, ship, .timestamp(TableTime.clamped(last)), .int64(last),
                    .int64(desk.epoch.tableValue), .int64(Int64(segment.sequence)),
                    .int64(logs.first.milliseconds), .int32(Int32(logs.recordCount)),
                    .int32(Int32(logs.gravest.rawValue)), .bytes(logs.filter.bytes),
                    .bytes(segment.bytes),
                ])
            }
        }
    }

    /// Both lanes of raw samples count their segments from 0: the backlog's parts are numbered
    /// downwards from −1, so that no block takes another one's place.
    private static func part(_ part: Int, of lane: Lane) -> Int32 {
        lane == .backlog ? -1 - Int32(part) : Int32(part)
    }

    /// The chain of predictions that is open now: from the last segment that stands alone.
    private func keepTail() throws {
        var open = tail[...]
        if let key = tail.lastIndex(where: { $0.metrics.isKey }) {
            try desk.cutTail()
            open = tail[key...]
        }
        for block in open { try desk.addToTail(block.segment) }
    }

    private func mergeRollups() throws {
        let desk = RollupDesk(desk: desk, catalogue: result.catalogue)
        var raw: [RollupInterval: RollupBlock] = [:]
        for (resolution, start, block) in rollups.intervals() {
            raw[RollupInterval(resolution: resolution, start: start)] = block
        }
        for interval in Set(raw.keys).union(thinned.blocks.keys).sorted() {
            try desk.merge(interval, raw: raw[interval], thinned: thinned.blocks[interval])
        }
        for recall in recalled { try desk.rebuild(from: recall.from, to: recall.to) }
    }

    private func store(_ events: [FleetEvent], of segment: ReceiveSession.Segment) throws {
        _ = try desk.connection.copy(
            into: "hawser.events",
            columns: [
                "tenant_id", "ship_id", "epoch", "sequence", "ordinal", "at", "received_at",
                "severity", "kind", "message",
            ]
        ) { writer in
            for (ordinal, event) in events.enumerated() {
                try writer.row(values: [
                    tenant, ship, .int64(desk.epoch.tableValue), .int64(Int64(segment.sequence)),
                    .int32(Int32(ordinal)), .int64(event.at.milliseconds), .timestamp(now),
                    .int32(Int32(event.severity.rawValue)),
                    .text(event.kind.filter { $0 != "\0" }),
                    .text(event.message.filter { $0 != "\0" }),
                ])
            }
        }
    }
}

import CorePostgres
import FleetModel
import FleetSeries

/// One day's compaction within its transaction.
struct CompactionWork {
    let identity: ShipIdentity
    let day: Timestamp
    let targets: [String]
    let connection: PostgresConnection

    private var builder = ChunkBuilder()
    private var numbers: [Int64: [SeriesNumber: Int32]] = [:]

    init(
        identity: ShipIdentity,
        day: Timestamp,
        targets: [String],
        connection: PostgresConnection
    ) {
        self.identity = identity
        self.day = day
        self.targets = targets
        self.connection = connection
    }

    private var tenant: PostgresValue { .int64(identity.tenant.rawValue) }
    private var ship: PostgresValue { .int64(identity.ship.rawValue) }

    private struct Older {
        let generation: Int32
        let generations: Int32
        let samples: Int64
        let bytes: Int64
    }

    mutating func run() throws -> Compaction.Outcome {
        var outcome = Compaction.Outcome()
        let older = try older()
        let read = try readBlocks(&outcome)
        guard outcome.blocks > 0 else { return outcome }
        let rewrites =
            older.generations >= Compaction.generationLimit
            || older.samples > 0 && older.samples <= 4 * builder.digest.count
        let isBounded = older.samples + builder.digest.count <= Compaction.transactionSamples
        if rewrites, isBounded {
            try readChunks()
            outcome.bytesBefore += older.bytes
        }
        try builder.finish()
        try verify()
        outcome.bytesAfter = builder.chunks.reduce(0) { $0 + Int64($1.body.count) }
        // Before the chunks: where another replica does the same, one of the two waits here for the
        // other's commit, is refused as out of date, and begins anew.
        let deleted = try connection.executeCount(
            CompactionQueries.deleteBlocks,
            values: [tenant, ship, .timestamp(day)] + Self.values(read) + [
                .textArray(targets)
            ]
        )
        guard deleted == outcome.blocks else { throw CompactionError.unequal(day: "\(day)") }
        if rewrites, isBounded {
            _ = try connection.execute(
                CompactionQueries.deleteChunks,
                tenant,
                ship,
                .timestamp(day)
            )
        }
        try insert(generation: older.generation + 1)
        return outcome
    }

    private static func values(_ place: BlockPlace) -> [PostgresValue] {
        [
            .timestamp(place.week), .int64(place.first), .int64(place.epoch),
            .int64(place.sequence), .int32(place.part),
        ]
    }

    private func older() throws -> Older {
        let row = try connection.execute(
            CompactionQueries.generations,
            tenant,
            ship,
            .timestamp(day)
        ).first
        return Older(
            generation: try row?.int32("generation") ?? -1,
            generations: try row?.int32("generations") ?? 0,
            samples: try row?.int64("samples") ?? 0,
            bytes: try row?.int64("bytes") ?? 0
        )
    }

    /// - Returns: the place of the last block read.
    private mutating func readBlocks(_ outcome: inout Compaction.Outcome) throws -> BlockPlace {
        var after = BlockPlace()
        while builder.digest.count < Compaction.transactionSamples {
            let rows = try connection.execute(
                CompactionQueries.blocks,
                values: [tenant, ship, .timestamp(day)] + Self.values(after) + [
                    .textArray(targets), .int32(SampleStore.page),
                ]
            )
            for row in rows {
                after = try BlockPlace(row)
                let body = try row.bytes("body")
                let known = try numbers(of: after.epoch)
                let segment = try MetricsSegmentDecoder.decode(body[...])
                for group in segment.groups {
                    if let column = group.columns.first(where: { known[$0.number] == nil }) {
                        throw CompactionError.unknownSeries(number: column.number.rawValue)
                    }
                    builder.add(group) { known[$0] ?? 0 }
                }
                outcome.blocks += 1
                outcome.bytesBefore += Int64(body.count)
                if builder.pending >= Compaction.pendingSamples { try builder.seal() }
            }
            outcome.samples = builder.digest.count
            guard rows.count == Int(SampleStore.page) else { break }
        }
        return after
    }

    private mutating func readChunks() throws {
        var after = (series: Int32.min, generation: Int32.min, part: Int32.min)
        while true {
            let rows = try connection.execute(
                CompactionQueries.chunks,
                tenant,
                ship,
                .timestamp(day),
                .int32(after.series),
                .int32(after.generation),
                .int32(after.part),
                .int32(SampleStore.page)
            )
            for row in rows {
                after = (
                    try row.int32("first_series"), try row.int32("generation"),
                    try row.int32("part")
                )
                try SampleChunk.eachGroup(try row.bytes("body")) { group in
                    builder.add(group) { Int32(bitPattern: $0.rawValue) }
                }
                if builder.pending >= Compaction.pendingSamples { try builder.seal() }
            }
            guard rows.count == Int(SampleStore.page) else { return }
        }
    }

    private mutating func numbers(of epoch: Int64) throws -> [SeriesNumber: Int32] {
        if let known = numbers[epoch] { return known }
        var known: [SeriesNumber: Int32] = [:]
        let rows = try connection.execute(
            CompactionQueries.numbersOfEpoch,
            tenant,
            ship,
            .int64(epoch)
        )
        for row in rows {
            let number = SeriesNumber(UInt32(bitPattern: try row.int32("number")))
            known[number] = try row.int32("series_id")
        }
        numbers[epoch] = known
        return known
    }

    /// Reads back what was sealed: the blocks are about to be deleted.
    private func verify() throws {
        var digest = SampleDigest()
        for chunk in builder.chunks {
            try SampleChunk.eachGroup(chunk.body) { group in
                digest.add(group) { Int32(bitPattern: $0.rawValue) }
            }
        }
        guard digest == builder.digest else { throw CompactionError.unequal(day: "\(day)") }
    }

    private func insert(generation: Int32) throws {
        _ = try connection.copy(
            into: "hawser.sample_chunks",
            columns: [
                "tenant_id", "ship_id", "day_at", "first_series", "generation", "part",
                "last_series", "first_at", "last_at", "sample_count", "body",
            ]
        ) { writer in
            for chunk in builder.chunks {
                try writer.row(values: [
                    tenant, ship, .timestamp(day), .int32(chunk.firstSeries), .int32(generation),
                    .int32(chunk.part), .int32(chunk.lastSeries), .int64(chunk.first),
                    .int64(chunk.last), .int64(chunk.sampleCount), .bytes(chunk.body),
                ])
            }
        }
    }
}

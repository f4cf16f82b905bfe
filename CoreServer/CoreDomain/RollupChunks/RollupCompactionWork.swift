import CorePostgres
import FleetModel
import FleetSeries

/// Moves some rows of one period into chunks, within a transaction that holds the rows.
struct RollupCompactionWork {
    let identity: ShipIdentity
    let resolution: RollupResolution
    let period: Timestamp
    let connection: PostgresConnection

    /// By the first series of each chunk.
    private var fresh: [Int32: RollupChunk] = [:]
    private var starts: [Timestamp] = []
    private var outcome = RollupCompaction.Outcome()

    init(
        identity: ShipIdentity,
        resolution: RollupResolution,
        period: Timestamp,
        connection: PostgresConnection
    ) {
        self.identity = identity
        self.resolution = resolution
        self.period = period
        self.connection = connection
    }

    private var key: [PostgresValue] {
        [
            .int64(identity.tenant.rawValue), .int64(identity.ship.rawValue),
            .int32(resolution.rawValue),
        ]
    }

    /// Rows read at a time.
    private static let page: Int32 = 8

    mutating func run(
        from start: Timestamp,
        before end: Timestamp
    ) throws
        -> RollupCompaction.Outcome
    {
        _ = try connection.execute(RollupChunkQueries.lock, values: Array(key.prefix(2)))
        try readRows(from: start, to: min(end, period + resolution.period))
        guard !starts.isEmpty else { return outcome }
        let places = PostgresValue.timestampArray(starts)
        let deleted = try connection.executeCount(
            RollupChunkQueries.deleteRows,
            values: key + [places]
        )
        let empty = try RollupBlock().encoded(start: period)
        let emptied = try connection.executeCount(
            RollupChunkQueries.emptyRows,
            values: key + [places, .bytes(empty)]
        )
        guard deleted + emptied == starts.count else {
            throw CompactionError.unequal(day: "\(period)")
        }
        for (first, chunk) in fresh.sorted(by: { $0.key < $1.key }) { try merge(chunk, first) }
        return outcome
    }

    private mutating func readRows(from start: Timestamp, to end: Timestamp) throws {
        var from = start
        while outcome.rollups < RollupCompaction.transactionCells {
            let rows = try connection.execute(
                RollupChunkQueries.rows,
                values: key + [.timestamp(from), .timestamp(end), .int32(Self.page)]
            )
            for row in rows {
                let start = try row.timestamp("interval_at")
                let bytes = try row.bytes("body")
                let block = try RollupBlock(decoding: bytes, start: start)
                for (id, rollup) in block.series {
                    let first = Self.first(of: id)
                    fresh[first, default: RollupChunk()]
                        .merge(rollup, id: id, at: start.milliseconds)
                }
                starts.append(start)
                from = start + .milliseconds(1)
                outcome.rows += 1
                outcome.rollups += block.series.count
                outcome.bytesBefore += Int64(bytes.count)
            }
            guard rows.count == Int(Self.page) else { return }
        }
    }

    /// The first id of the chunk that a series is in.
    static func first(of id: Int32) -> Int32 {
        id / RollupChunk.seriesPerChunk * RollupChunk.seriesPerChunk
    }

    private mutating func merge(_ fresh: RollupChunk, _ first: Int32) throws {
        var chunk = RollupChunk()
        let place = [PostgresValue.int32(first), .timestamp(period)]
        if let row = try connection.execute(RollupChunkQueries.chunk, values: key + place).first {
            chunk = try RollupChunk(
                decoding: row.bytes("body"),
                sketches: row.optionalBytes("sketches"),
                resolution,
                period: period
            )
            outcome.bytesBefore += Int64(try row.int32("bytes"))
        }
        // What is stored comes first, so that equal times keep the later arrival as last.
        for (id, cells) in fresh.series {
            for (start, rollup) in cells { chunk.merge(rollup, id: id, at: start) }
        }
        let encoded = try chunk.encoded(resolution, period: period)
        // The rows are gone with this transaction: what was written must be what was read.
        let back = try RollupChunk(
            decoding: encoded.body,
            sketches: encoded.sketches,
            resolution,
            period: period
        )
        guard back.isSame(as: chunk, keepsSketches: resolution.keepsSketches) else {
            throw CompactionError.unequal(day: "\(period)")
        }
        outcome.bytesAfter += Int64(encoded.body.count + (encoded.sketches?.count ?? 0))
        _ = try connection.execute(
            RollupChunkQueries.putChunk,
            values: key + place + [
                .bytes(encoded.body), encoded.sketches.map { .bytes($0) } ?? .null,
            ]
        )
    }
}

extension RollupChunk {
    /// Bit by bit: NaN equals itself.
    fileprivate func isSame(as other: Self, keepsSketches: Bool) -> Bool {
        series.count == other.series.count
            && series.allSatisfy { id, cells in
                guard let others = other.series[id], others.count == cells.count else {
                    return false
                }
                return cells.allSatisfy { start, one in
                    guard let two = others[start] else { return false }
                    return one.count == two.count && one.lastAt == two.lastAt
                        && one.isCounter == two.isCounter
                        && one.sum.bitPattern == two.sum.bitPattern
                        && one.min.bitPattern == two.min.bitPattern
                        && one.max.bitPattern == two.max.bitPattern
                        && one.last.bitPattern == two.last.bitPattern
                        && (!keepsSketches || one.sketched?.sketch == two.sketched?.sketch)
                }
            }
    }
}

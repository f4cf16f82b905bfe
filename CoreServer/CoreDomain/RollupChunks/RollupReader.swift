import CorePostgres
import FleetModel
import FleetSeries

/// Reads some periods of a ship's rollups within a transaction of one snapshot: what was moved into
/// chunks, what is in rows, and what came in the place of samples, as one.
struct RollupReader {
    /// A question, and how much of it is answered at a time.
    struct Request: Sendable {
        let identity: ShipIdentity
        let resolution: RollupResolution
        let range: TimeRange
        /// The series wanted, or all.
        let ids: Set<Int32>?
        /// Whether distributions are asked for.
        let withSketches: Bool

        /// Rollups held at a time, and series taken for all.
        private static let cellLimit = 200_000
        private static let allSeries = 10_000

        /// Where a read that begins here ends: with fewer series, later.
        func end(from start: Timestamp) -> Timestamp {
            let count = Self.cellLimit / max(1, ids?.count ?? Self.allSeries)
            let length = resolution.length.milliseconds
            let end = start + .milliseconds(Int64(max(1, count)) * length)
            guard end < range.to else { return range.to }
            // No chunk is read twice, if that can be.
            let whole = end.floored(to: resolution.period)
            return whole > start ? whole : end
        }
    }

    /// Rows read at a time.
    private static let page: Int32 = 64

    let request: Request
    let connection: PostgresConnection
    private var blocks: [Int64: RollupBlock] = [:]

    init(_ request: Request, connection: PostgresConnection) {
        self.request = request
        self.connection = connection
    }

    private var key: [PostgresValue] {
        [
            .int64(request.identity.tenant.rawValue), .int64(request.identity.ship.rawValue),
            .int32(request.resolution.rawValue),
        ]
    }

    /// The blocks whose intervals begin in a part of the range.
    mutating func read(
        from: Timestamp,
        to: Timestamp
    ) throws -> [(start: Timestamp, block: RollupBlock)] {
        try readChunks(from: from, to: to)
        try readRows(from: from, to: to)
        return blocks.sorted { $0.key < $1.key }
            .map { (start: Timestamp(milliseconds: $0.key), block: $0.value) }
    }

    private mutating func readChunks(from: Timestamp, to: Timestamp) throws {
        let span = [
            PostgresValue.timestamp(from.floored(to: request.resolution.period)), .timestamp(to),
        ]
        let ranges =
            if let ids = request.ids {
                Set(ids.map(RollupCompactionWork.first)).sorted()
            } else {
                try connection.execute(RollupChunkQueries.ranges, values: key + span)
                    .map { try $0.int32("first_series") }
            }
        let statement =
            request.withSketches
            ? RollupChunkQueries.chunksWithSketches : RollupChunkQueries.chunks
        let part = from.milliseconds..<to.milliseconds
        for some in ranges.chunked(Int(Self.page)) {
            let rows = try connection.execute(
                statement,
                values: key + span + [.int32Array(some)]
            )
            for row in rows {
                let chunk = try RollupChunk(
                    decoding: row.bytes("body"),
                    sketches: row.optionalBytes("sketches"),
                    request.resolution,
                    period: row.timestamp("period_at"),
                    only: request.ids
                )
                for (id, cells) in chunk.series {
                    for (start, rollup) in cells where part.contains(start) {
                        blocks[start, default: RollupBlock()].series[id] = rollup
                    }
                }
            }
        }
    }

    private mutating func readRows(from: Timestamp, to: Timestamp) throws {
        var from = from
        while from < to {
            let rows = try connection.execute(
                RollupChunkQueries.page,
                values: key + [.timestamp(from), .timestamp(to), .int32(Self.page)]
            )
            for row in rows {
                let start = try row.timestamp("interval_at")
                from = start + .milliseconds(1)
                for bytes in [try row.optionalBytes("body"), try row.optionalBytes("thinned")] {
                    guard let bytes else { continue }
                    blocks[start.milliseconds, default: RollupBlock()].merge(
                        try RollupBlock(
                            decoding: bytes,
                            start: start,
                            only: request.ids,
                            withSketches: request.withSketches
                        )
                    )
                }
            }
            guard rows.count == Int(Self.page) else { return }
        }
    }
}

extension Array {
    fileprivate func chunked(_ count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map {
            Array(self[$0..<Swift.min($0 + count, self.count)])
        }
    }
}

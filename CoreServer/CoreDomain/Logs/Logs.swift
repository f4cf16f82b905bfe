import CorePostgres
import FleetModel
import FleetSeries

/// Reads ships' log records back.
package struct Logs: Sendable {
    /// Block descriptions read at a time.
    private static let page: Int32 = 128
    /// What one request may look through: descriptions, and blocks that may hold something.
    private static let mostDescriptions = 16_384
    private static let mostBlocks = 512
    private static let mostBytes = 4 * 1024 * 1024
    /// Blocks that hold the cursor's time: they are opened again for every page, and come on top.
    private static let mostOverlapping = 1024

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    private struct Place: Sendable {
        var week = TableTime.clamped(.max)
        var last = Int64.max
        var epoch = Int64.max
        var sequence = Int64.max
    }

    private struct Description: Sendable {
        let place: Place
        let filter: TrigramFilter
        let bytes: Int
    }

    /// Makes the partitions of log blocks.
    static func partitions(_ pool: PostgresPool) -> Partitions {
        Partitions(pool: pool, statement: LogQueries.ensurePartition)
    }

    /// A ship's records, newest first.
    package func page(of ship: ShipIdentity, _ request: LogRequest) async throws -> LogPage {
        // Later than this is nothing that is wanted.
        let start = min(
            request.range.to.milliseconds - 1,
            request.after?.at ?? .max
        )
        var search = LogSearch(request)
        var place = Place()
        var (descriptions, blocks, overlapping, bytes) = (0, 0, 0, 0)
        while true {
            let found = try await self.descriptions(of: ship, request, from: start, behind: place)
            for block in found {
                let last = block.place.last
                if search.settle(after: last) { return search.page }
                descriptions += 1
                let isOverlapping = last > start
                if !isOverlapping {
                    guard descriptions <= Self.mostDescriptions, blocks < Self.mostBlocks,
                        bytes < Self.mostBytes
                    else {
                        search.stop(at: last)
                        return search.page
                    }
                }
                guard request.terms.mayMatch(block.filter) else { continue }
                if isOverlapping { overlapping += 1 } else { blocks += 1 }
                bytes += isOverlapping ? 0 : block.bytes
                guard overlapping <= Self.mostOverlapping else {
                    throw DomainError(
                        .invalid,
                        "too many log segments hold \(Timestamp(milliseconds: start)): ask for a "
                            + "graver severity or for more words"
                    )
                }
                guard let body = try await body(of: ship, block.place) else { continue }
                search.add(
                    try LogSegment.decode(body[...]),
                    epoch: block.place.epoch,
                    sequence: block.place.sequence
                )
            }
            guard let last = found.last, found.count == Int(Self.page) else { break }
            place = last.place
        }
        _ = search.settle(after: .min)
        return search.page
    }

    private func descriptions(
        of ship: ShipIdentity,
        _ request: LogRequest,
        from start: Int64,
        behind place: Place
    ) async throws -> [Description] {
        let from = request.range.from.milliseconds
        let latest = (Timestamp(milliseconds: start) + Limits.segmentSpan).milliseconds
        return try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                LogQueries.blocks,
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue),
                .timestamp(TableTime.clamped(from)),
                .timestamp(TableTime.clamped(latest)),
                .int64(from),
                .int64(start),
                .int32(Int32(request.mildest.rawValue)),
                .timestamp(place.week),
                .int64(place.last),
                .int64(place.epoch),
                .int64(place.sequence),
                .int32(Self.page)
            ).map { row in
                Description(
                    place: Place(
                        week: try row.timestamp("week_at"),
                        last: try row.int64("last_at"),
                        epoch: try row.int64("epoch"),
                        sequence: try row.int64("sequence")
                    ),
                    filter: TrigramFilter(bytes: try row.bytes("trigrams")),
                    bytes: Int(try row.int32("body_bytes"))
                )
            }
        }
    }

    /// `nil` where retention took it since.
    private func body(of ship: ShipIdentity, _ place: Place) async throws -> [UInt8]? {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                LogQueries.body,
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue),
                .timestamp(place.week),
                .int64(place.last),
                .int64(place.epoch),
                .int64(place.sequence)
            ).first?.bytes("body")
        }
    }
}

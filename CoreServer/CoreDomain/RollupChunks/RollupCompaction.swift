import CorePostgres
import FleetModel
import FleetSeries
import ServiceLifecycle

/// Moves rollups out of the rows of all a ship's series into chunks of a few series over a long
/// time, so that a month of one series is a few kilobytes in a few places.
package struct RollupCompaction: Sendable {
    /// What one run did.
    package struct Outcome: Sendable, Equatable {
        package var rows = 0
        package var rollups = 0
        package var bytesBefore: Int64 = 0
        package var bytesAfter: Int64 = 0
    }

    /// Rollups held at a time, which ends the transaction with the row that passes this: a ship that
    /// adds to one of its rows waits for a part of a second.
    static let transactionCells = 100_000

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Moves what is due of a ship. An interval waits for late data as long as blocks do; what comes
    /// later fills its row again, and is moved in its turn.
    package func compact(_ identity: ShipIdentity, at now: Timestamp) async throws -> Outcome {
        var outcome = Outcome()
        for resolution in RollupResolution.allCases {
            let end = TableTime.clamped((now - Compaction.settling).milliseconds)
                .floored(to: resolution.portion)
            while let start = try await next(of: identity, resolution, before: end) {
                let period = start.floored(to: resolution.period)
                try await pool.transaction(tenant: nil) { connection in
                    _ = try connection.execute(
                        RollupChunkQueries.ensurePartition,
                        .timestamp(period),
                        .timestamp(now)
                    )
                }
                let done = try await pool.transaction(tenant: identity.tenant) { connection in
                    var work = RollupCompactionWork(
                        identity: identity,
                        resolution: resolution,
                        period: period,
                        connection: connection
                    )
                    return try work.run(from: start, before: end)
                }
                // Another replica was faster.
                guard done.rows > 0 else { return outcome }
                outcome.rows += done.rows
                outcome.rollups += done.rollups
                outcome.bytesBefore += done.bytesBefore
                outcome.bytesAfter += done.bytesAfter
                try Task.checkCancellation()
                if Task.isShuttingDownGracefully { return outcome }
            }
        }
        return outcome
    }

    private func next(
        of identity: ShipIdentity,
        _ resolution: RollupResolution,
        before end: Timestamp
    ) async throws -> Timestamp? {
        try await pool.transaction(tenant: identity.tenant, readOnly: true) { connection in
            try connection.execute(
                RollupChunkQueries.next,
                .int64(identity.tenant.rawValue),
                .int64(identity.ship.rawValue),
                .int32(resolution.rawValue),
                .timestamp(end)
            ).first?.timestamp("interval_at")
        }
    }
}

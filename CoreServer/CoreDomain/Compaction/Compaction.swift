import CorePostgres
import FleetModel
import FleetSeries
import ServiceLifecycle

/// Replaces a ship's blocks of past days by long chunks, a day in one transaction.
///
/// What was sealed is read back and compared before anything is deleted.
package struct Compaction: Sendable {
    /// What one run did.
    package struct Outcome: Sendable, Equatable {
        package var days = 0
        package var blocks = 0
        package var samples: Int64 = 0
        package var bytesBefore: Int64 = 0
        package var bytesAfter: Int64 = 0
    }

    /// How long after its end a day waits for late blocks. Those that come later still make
    /// generations of their own, until there are so many that the day is written anew.
    package static let settling = Duration.seconds(3 * 3600)

    /// Samples read in one transaction, which ends with the block that passes this.
    static let transactionSamples = 32_000_000

    /// Samples held at a time: 24 bytes each, and what the encoder needs.
    static let pendingSamples = 1_000_000

    /// Generations of a day before it is written anew.
    static let generationLimit: Int32 = 4

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Compacts what is due of a ship, day by day.
    ///
    /// - Parameter targets: forwarding targets; blocks that one of them has not acknowledged stay.
    package func compact(
        _ identity: ShipIdentity,
        at now: Timestamp,
        waitingFor targets: [String] = []
    ) async throws -> Outcome {
        var outcome = Outcome()
        let end = TableTime.clamped((now - Self.settling).milliseconds)
            .floored(to: SampleStore.dayLength)
        while true {
            guard
                let day = try await nextDay(of: identity, before: end, targets)
            else { return outcome }
            try await pool.transaction(tenant: nil) { connection in
                _ = try connection.execute(
                    CompactionQueries.ensurePartition,
                    .timestamp(day),
                    .timestamp(now)
                )
            }
            let done = try await pool.transaction(
                tenant: identity.tenant,
                isolation: .repeatableRead
            ) { connection in
                var work = CompactionWork(
                    identity: identity,
                    day: day,
                    targets: targets,
                    connection: connection
                )
                return try work.run()
            }
            // Another replica was faster.
            guard done.blocks > 0 else { return outcome }
            outcome.days += 1
            outcome.blocks += done.blocks
            outcome.samples += done.samples
            outcome.bytesBefore += done.bytesBefore
            outcome.bytesAfter += done.bytesAfter
            try Task.checkCancellation()
            if Task.isShuttingDownGracefully { return outcome }
        }
    }

    private func nextDay(
        of identity: ShipIdentity,
        before end: Timestamp,
        _ targets: [String]
    ) async throws -> Timestamp? {
        try await pool.transaction(tenant: identity.tenant, readOnly: true) { connection in
            try connection.execute(
                CompactionQueries.nextDay,
                .int64(identity.tenant.rawValue),
                .int64(identity.ship.rawValue),
                .timestamp(end),
                .textArray(targets)
            ).first?.timestamp("week_at").floored(to: SampleStore.dayLength)
        }
    }
}

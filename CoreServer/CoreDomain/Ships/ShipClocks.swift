import CorePostgres
import FleetIdentity
import FleetModel

/// How ships' clocks went: samples bear the ship's time, and this tells what it was worth.
package struct ShipClocks: Sendable {
    /// How far a ship's clock was ahead of the shore's from a moment on, until the next one.
    package struct Reading: Hashable, Sendable {
        /// By the shore's clock.
        package let notedAt: Timestamp
        /// In milliseconds; negative where the ship's clock was behind.
        package let offset: Int64
    }

    package static let longestPage = 1000

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The newest reading first: one for each change of more than a second.
    package func readings(
        of ship: ShipIdentity,
        before moment: Timestamp,
        limit: Int
    ) async throws -> [Reading] {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                ClockQueries.page,
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue),
                .timestamp(moment),
                .int32(Int32(clamping: limit))
            ).map {
                Reading(notedAt: try $0.timestamp("noted_at"), offset: try $0.int64("offset_ms"))
            }
        }
    }
}

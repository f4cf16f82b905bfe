import CoreDomain
import CorePostgres
import FleetModel
import FoundationEssentials

/// Counts what policies are about, as it is now.
struct PolicyMeter {
    /// One ship of the tenant.
    struct Seen {
        let labels: ShipLabels
        /// When telemetry of it was last stored; `nil` for never.
        let telemetryAt: Timestamp?
        let isInWave: Bool
    }

    let tenant: TenantID
    let connection: PostgresConnection

    private var key: PostgresValue { .int64(tenant.rawValue) }

    /// Ships that were given an order to install since then, and the bytes of their plans.
    func released(since start: Timestamp) throws -> (ships: Int64, bytes: Int64) {
        let row = try connection.execute(PolicyQueries.releasedSince, key, .timestamp(start)).first
        return (try row?.int64("ships") ?? 0, try row?.int64("bytes") ?? 0)
    }

    /// Ships that have an order to install and are not done with it.
    func inFlight(beside ship: ShipID) throws -> Int64 {
        try connection.execute(PolicyQueries.inFlight, key, .int64(ship.rawValue)).first?
            .int64("ships") ?? 0
    }

    /// When telemetry of a ship was last stored; `nil` for never.
    func telemetry(of ship: ShipID) throws -> Timestamp? {
        try connection.execute(PolicyQueries.telemetry, key, .int64(ship.rawValue)).first?
            .optionalTimestamp("moved_at")
    }

    /// All ships, with whether a wave is to reach them.
    func ships(beside wave: Int32, of deployment: Int64) throws -> [Seen] {
        try connection.execute(PolicyQueries.freshness, key, .int64(deployment), .int32(wave))
            .map { row in
                let labels = try JSONDecoder().decode(
                    [String: String].self,
                    from: Data(try row.text("labels").utf8)
                )
                return Seen(
                    labels: try ShipLabels(labels),
                    telemetryAt: try row.optionalTimestamp("moved_at"),
                    isInWave: try row.bool("is_in_wave")
                )
            }
    }
}

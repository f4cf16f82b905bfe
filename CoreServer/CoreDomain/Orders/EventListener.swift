import CorePostgres
import FleetModel

/// Who is told of ships' events in the transaction that stores them.
package protocol EventListener: Sendable {
    /// - Parameter events: each once, in the ship's own order.
    func stored(
        _ events: [FleetEvent],
        of ship: ShipIdentity,
        at now: Timestamp,
        in connection: PostgresConnection
    ) throws
}

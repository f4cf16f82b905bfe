import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel

/// Writes down what ships told of their deployments, in the transaction that stores their events.
package enum OutcomeBook {
    /// An outcome with its place in the ship's events lane, which orders what the ship says.
    package struct Told: Sendable {
        package let outcome: Outcome
        /// By the ship's clock.
        package let at: Timestamp
        package let position: Int64

        package init(_ outcome: Outcome, at: Timestamp, position: Int64) {
            self.outcome = outcome
            self.at = at
            self.position = position
        }
    }

    /// Each counts once, and none takes the place of a later one: what comes again changes nothing.
    package static func record(
        _ told: [Told],
        of ship: ShipIdentity,
        at now: Timestamp,
        in connection: PostgresConnection
    ) throws {
        let journal = DeploymentJournal(
            tenant: ship.tenant,
            actor: "\(ship)",
            now: now,
            connection: connection
        )
        for one in told where one.outcome.state.isToldByShips {
            let outcome = one.outcome
            guard let deployment = Int64(exactly: outcome.deployment),
                let activation = Int64(exactly: outcome.activation)
            else { continue }
            let reason = outcome.reason.filter { $0 != "\0" }
            let row = try connection.execute(
                ReleaseQueries.record,
                values: [
                    .int64(ship.tenant.rawValue), .int64(deployment), .int64(ship.ship.rawValue),
                    .int64(activation), .text(outcome.state.rawValue), .text(reason),
                    .optional(outcome.running?.bytes, PostgresValue.bytes), .int64(one.position),
                    .int64(one.at.milliseconds), .timestamp(now),
                ]
            ).first
            guard let row else { continue }
            try journal.note(
                deployment,
                wave: try row.int32("wave"),
                ship: ship.ship,
                kind: "ship",
                from: try row.text("before"),
                to: outcome.state.rawValue,
                because: reason
            )
        }
    }
}

extension ShipDeploymentState {
    /// The others are the shore's own words.
    fileprivate var isToldByShips: Bool {
        switch self {
        case .scheduled, .preparing, .offered, .awaitingReconnect, .inconclusive, .lost: false
        default: true
        }
    }
}

import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel

/// Writes down what ships told of their deployments, in the transaction that stores their events.
package struct OutcomeBook: EventListener {
    package init() {}

    /// - Parameter events: each once, in the ship's own order, as its lane brings them.
    package func stored(
        _ events: [FleetEvent],
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
        for event in events {
            if let report = AgreementReport(event) {
                try CandidateEvidence.record(report, of: ship, connection)
            }
            guard let outcome = Outcome(event), outcome.state.isToldByShips,
                let deployment = Int64(exactly: outcome.deployment),
                let activation = Int64(exactly: outcome.activation)
            else { continue }
            let reason = outcome.reason.filter { $0 != "\0" }
            let row = try connection.execute(
                ReleaseQueries.record,
                values: [
                    .int64(ship.tenant.rawValue), .int64(deployment), .int64(ship.ship.rawValue),
                    .int64(activation), .text(outcome.state.rawValue), .text(reason),
                    .optional(outcome.running?.bytes, PostgresValue.bytes),
                    .int64(event.at.milliseconds), .timestamp(now),
                ]
            ).first
            try note(outcome, runsAboard: ship, at: now, connection)
            guard let row else { continue }
            try journal.touch(deployment, ship.ship)
            // Its answer to the order said so already.
            let isSaid = try outcome.state == .refused && row.text("before") == "refused"
            if isSaid { continue }
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

extension OutcomeBook {
    /// What runs now is what the next order replaces and the next delta begins from: a session may last
    /// longer than that, and a ship tells its holdings when one opens.
    private func note(
        _ outcome: Outcome,
        runsAboard ship: ShipIdentity,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        guard outcome.state.isFinal || outcome.state == .soaking,
            let deployment = Int64(exactly: outcome.deployment),
            // What a deployment of another time means by what runs, nobody can say here: the ship's next hello
            // tells its holdings.
            let mode = try connection.execute(
                RunningQueries.mode,
                .int64(ship.tenant.rawValue),
                .int64(deployment)
            ).first
        else { return }
        let key: [PostgresValue] = [
            .int64(ship.tenant.rawValue), .int64(ship.ship.rawValue), .text(outcome.slot.rawValue),
            .optional(outcome.running?.bytes, PostgresValue.bytes),
        ]
        // What it said of its holdings is no longer so, even if it comes to say the same again.
        try connection.execute(RunningQueries.forgetMark, values: Array(key[..<2]))
        func replace(_ kind: String) throws {
            let values = key + [.text(kind)]
            try connection.execute(RunningQueries.forgetOthers, values: values)
            try connection.execute(RunningQueries.insertRunning, values: values + [.timestamp(now)])
        }
        guard try !mode.bool("is_shadow") else {
            return try replace("shadow")
        }
        try connection.execute(RunningQueries.forgetPrevious, values: key)
        try connection.execute(RunningQueries.keepReplaced, values: key + [.timestamp(now)])
        try replace("current")
        try connection.execute(RunningQueries.forgetPromoted, values: key)
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

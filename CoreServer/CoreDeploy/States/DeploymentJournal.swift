import CoreDomain
import CorePostgres
import FleetModel

/// Every transition of a deployment goes through here: from the state that was seen, with the event that
/// tells of it, in one transaction.
struct DeploymentJournal {
    let tenant: TenantID
    let actor: String
    let now: Timestamp
    let connection: PostgresConnection

    static let scheduler = "core-server"

    /// - Throws: `DomainError` `conflict` where somebody else was first.
    func move(
        _ deployment: Deployment,
        to state: DeploymentState,
        because reason: String = ""
    ) throws -> Deployment {
        let row = try connection.execute(
            DeploymentQueries.move,
            values: [
                .int64(tenant.rawValue), .int64(deployment.id), .text(deployment.state.rawValue),
                .int64(deployment.version), .text(state.rawValue), .text(reason), .timestamp(now),
            ]
        ).first
        guard let row else { throw Self.outrun(deployment.id) }
        try note(
            deployment.id,
            kind: "deployment",
            from: deployment.state.rawValue,
            to: state.rawValue,
            because: reason
        )
        return try Deployment(row)
    }

    func move(
        _ wave: DeploymentWave,
        of deployment: Int64,
        to state: WaveState,
        because reason: String = ""
    ) throws {
        let count = try connection.executeCount(
            DeploymentQueries.moveWave,
            values: [
                .int64(tenant.rawValue), .int64(deployment), .int32(wave.wave),
                .text(wave.state.rawValue), .int64(wave.version), .text(state.rawValue),
                .text(reason), .timestamp(now),
            ]
        )
        guard count > 0 else { throw Self.outrun(deployment) }
        try note(
            deployment,
            wave: wave.wave,
            kind: "wave",
            from: wave.state.rawValue,
            to: state.rawValue,
            because: reason
        )
    }

    private static func outrun(_ id: Int64) -> DomainError {
        DomainError(.conflict, "deployment \(id) was changed meanwhile; look again")
    }

    /// What a ship told is looked at at the next step.
    func touch(_ deployment: Int64, _ ship: ShipID) throws {
        try connection.execute(
            StepQueries.touch,
            .int64(tenant.rawValue),
            .int64(deployment),
            .int64(ship.rawValue)
        )
    }

    func note(
        _ deployment: Int64,
        wave: Int32? = nil,
        ship: ShipID? = nil,
        kind: String,
        from: String = "",
        to: String,
        because reason: String = ""
    ) throws {
        try connection.execute(
            DeploymentQueries.insertEvent,
            values: [
                .int64(tenant.rawValue), .int64(deployment), .timestamp(now),
                .optional(wave, PostgresValue.int32),
                .optional(ship?.rawValue, PostgresValue.int64), .text(kind), .text(from), .text(to),
                .text(actor), .text(reason),
            ]
        )
    }
}

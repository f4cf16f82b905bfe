import CoreDomain
import CorePostgres
import FleetModel

/// What ships are served follows aliases and stages: MLflow's calls obey the gates before them.
extension ModelVersions {
    package func setAlias(
        _ alias: String,
        of name: String,
        to version: String,
        _ act: Act
    ) async throws {
        try RegistryText.checkStorable(name, "name")
        // An alias alone: MLflow's names have no colon.
        try ModelAlias.check(alias)
        let target = try MoveTarget(alias)
        let number = try ModelVersion.number(version)
        try await obeyingGates(act) { connection in
            let move = try AliasMove(name, number, to: target, act, connection)
            try move.requireOpen()
            try move.make()
        }
    }

    /// What a gate refuses leaves nothing behind but the word to whoever is told of it.
    private func obeyingGates<Value: Sendable>(
        _ act: Act,
        _ body: @Sendable @escaping (PostgresConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.transaction(tenant: act.tenant, keepsPlans: true, body)
        } catch {
            guard let refusal = error as? GateRefusal else { throw error }
            try await pool.transaction(tenant: act.tenant) { connection in
                try WebhookOutbox.add(.gateFailed, refusal.data, act, connection)
            }
            throw refusal.error
        }
    }

    /// - Throws: `RegistryError` `invalid` where a gate stands before it: what it guards is moved on, not
    ///   taken away.
    static func requireNoGate(
        before target: MoveTarget,
        of name: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let gates = try AliasMove.standing(before: target, of: name, tenant, connection)
        guard let gate = gates.first else { return }
        throw RegistryError.invalid(
            "The gate \(gate.name) stands before \(target.text) of \(name): what is there can be "
                + "moved to another version, not deleted or renamed"
        )
    }

    /// Of none is no mistake.
    package func deleteAlias(_ alias: String, of name: String, _ act: Act) async throws {
        try RegistryText.checkStorable(name, "name")
        try RegistryText.checkStorable(alias, "alias")
        try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            let model = try RegisteredModels.lock(name, of: act.tenant, connection)
            guard let before = model.aliases.first(where: { $0.name == alias })?.version else {
                return
            }
            try Self.requireNoGate(
                before: MoveTarget(alias),
                of: name,
                act.tenant,
                connection
            )
            try connection.execute(
                ModelQueries.deleteAlias,
                .int64(act.tenant.rawValue),
                .int64(model.number),
                .text(alias)
            )
            try Self.touch(model.number, act, connection)
            try AliasMove.note(alias, of: model, from: before, to: nil, act, connection)
            try act.trail(connection).note(
                "alias.delete",
                "model/\(name)@\(alias)",
                before: "\(before)"
            )
            try WebhookOutbox.add(
                .aliasDeleted,
                ["name": .text(name), "alias": .text(alias)],
                act,
                connection
            )
        }
    }

    /// - Parameter archivesOthers: whether the other versions of the stage are archived; of active
    ///   stages alone.
    package func move(
        _ name: String,
        _ version: String,
        to stage: ModelStage,
        archivesOthers: Bool,
        _ act: Act
    ) async throws -> ModelVersion {
        guard !archivesOthers || stage.isActive else {
            throw RegistryError.invalid(
                "Model version transition cannot archive existing model versions because "
                    + "'\(stage.word)' is not an Active stage. Valid stages are 'Staging', "
                    + "'Production'"
            )
        }
        try RegistryText.checkStorable(name, "name")
        let number = try ModelVersion.number(version)
        return try await obeyingGates(act) { connection in
            let move = try AliasMove(name, number, to: MoveTarget(stage), act, connection)
            try move.requireOpen()
            try move.make(archivesOthers: archivesOthers)
            return try Self.find(name, number, of: act.tenant, connection)
        }
    }
}

import CoreDomain
import CorePostgres
import FleetModel

/// What ships are served follows aliases and stages: every way to move one goes through here.
extension ModelVersions {
    package func setAlias(
        _ alias: String,
        of name: String,
        to version: String,
        _ act: Act
    ) async throws {
        try RegistryText.checkStorable(name, "name")
        try ModelAlias.check(alias)
        let number = try ModelVersion.number(version)
        try await pool.transaction(tenant: act.tenant) { connection in
            let model = try RegisteredModels.find(
                name,
                ModelQueries.lock,
                of: act.tenant,
                connection
            )
            let found = try Self.find(name, number, of: act.tenant, connection)
            let before = model.aliases.first { $0.name == alias }?.version
            guard before != number else { return }
            try connection.execute(
                ModelQueries.setAlias,
                .int64(act.tenant.rawValue),
                .int64(model.number),
                .text(alias),
                .int64(found.version)
            )
            try Self.touch(model.number, act, connection)
            try act.trail(connection).note(
                "alias.set",
                "model/\(name)@\(alias)",
                before: before.map { "\($0)" } ?? "",
                after: "\(number)"
            )
        }
    }

    /// Of none is no mistake.
    package func deleteAlias(_ alias: String, of name: String, _ act: Act) async throws {
        try RegistryText.checkStorable(name, "name")
        try RegistryText.checkStorable(alias, "alias")
        try await pool.transaction(tenant: act.tenant) { connection in
            let model = try RegisteredModels.find(
                name,
                ModelQueries.lock,
                of: act.tenant,
                connection
            )
            let row = try connection.execute(
                ModelQueries.deleteAlias,
                .int64(act.tenant.rawValue),
                .int64(model.number),
                .text(alias)
            ).first
            guard let row else { return }
            try Self.touch(model.number, act, connection)
            try act.trail(connection).note(
                "alias.delete",
                "model/\(name)@\(alias)",
                before: "\(try row.int64("version"))"
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
        return try await change(name, version, act) { found, connection in
            try Self.update(
                found,
                description: found.description,
                stage: stage,
                act,
                connection
            )
            if archivesOthers {
                try connection.execute(
                    ModelVersionQueries.archiveOthers,
                    .int64(act.tenant.rawValue),
                    .int64(found.modelNumber),
                    .int64(found.version),
                    .int32(Int32(stage.rawValue)),
                    .int64(act.now.milliseconds)
                )
            }
            try Self.touch(found.modelNumber, act, connection)
            try act.trail(connection).note(
                "version.stage",
                found.target,
                before: found.stage.word,
                after: stage.word
            )
        }
    }
}

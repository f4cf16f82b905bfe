import CoreDomain
import CorePostgres
import FleetModel

/// Experiments of a tenant.
package struct Experiments: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// - Parameter location: where its runs' artifacts go; this server's own store if none is given.
    /// - Returns: its id.
    package func create(
        _ name: String,
        location: String?,
        tags: [RegistryTag],
        _ act: Act
    ) async throws -> String {
        try RegistryText.check(name, "name", atMost: 500)
        try Self.check(tags)
        let number = Self.draw(at: act.now)
        let location = try Self.checked(location) ?? "mlflow-artifacts:/\(number)"
        do {
            try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
                try connection.execute(
                    ExperimentQueries.insert,
                    .int64(act.tenant.rawValue),
                    .int64(number),
                    .text(name),
                    .text(location),
                    .int64(act.now.milliseconds)
                )
                try Self.set(tags, on: number, act, connection)
                try act.trail(connection).note("experiment.create", "experiment/\(name)")
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "experiments_name_key")
        {
            throw RegistryError.exists("Experiment(name=\(name)) already exists.")
        }
        return "\(number)"
    }

    /// Numbers rise with time, as those of other servers do, and can't be told from another tenant's.
    private static func draw(at now: Timestamp) -> Int64 {
        // Milliseconds since 2020-01-01, and 20 bits of chance.
        let elapsed = max(0, now.milliseconds - 1_577_836_800_000)
        return (elapsed << 20 | Int64.random(in: 0..<1 << 20)) & Int64.max
    }

    private static func checked(_ location: String?) throws(RegistryError) -> String? {
        guard let location, !location.isEmpty else { return nil }
        try RegistryText.check(location, "artifact_location", atMost: 500)
        guard location.contains(":/"), !location.hasPrefix("runs:"),
            !location.hasPrefix("models:"), !location.hasPrefix("file:"),
            !location.contains("?"), !location.contains("#"),
            !location.split(separator: "/").contains("..")
        else {
            throw .invalid(
                "Invalid artifact location '\(location)': write mlflow-artifacts:/PATH or the URI of "
                    + "a store that clients reach by themselves"
            )
        }
        // What lies there and is no version's is collected.
        if let path = try ArtifactPath.of(uri: location),
            path.text == "bundles" || path.text.hasPrefix("bundles/")
        {
            throw .invalid(
                "Invalid artifact location '\(location)': mlflow-artifacts:/bundles is for bundles"
            )
        }
        return location
    }

    package func find(_ id: String, of tenant: TenantID) async throws -> Experiment {
        let number = try Experiment.number(id)
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try Self.find(number, of: tenant, connection)
        }
    }

    package func find(name: String, of tenant: TenantID) async throws -> Experiment {
        try RegistryText.checkStorable(name, "experiment_name")
        let found = try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try connection.execute(
                ExperimentQueries.byName,
                .int64(tenant.rawValue),
                .text(name)
            ).first.map(Experiment.init)
        }
        guard let found else {
            throw RegistryError.missing("Could not find experiment with name '\(name)'")
        }
        return found
    }

    /// - Throws: `RegistryError` `missing`.
    static func find(
        _ number: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Experiment {
        let row = try connection.execute(
            ExperimentQueries.byID,
            .int64(tenant.rawValue),
            .int64(number)
        ).first
        guard let row else { throw Experiment.none("\(number)") }
        return try Experiment(row)
    }

    package func search(
        of tenant: TenantID,
        filter: String?,
        view: LifecycleView,
        order: [String],
        limit: Int,
        token: String?
    ) async throws -> RegistryPage<Experiment> {
        let offset = try RegistryPageToken(token).offset
        var query = SearchQuery(ExperimentQueries.subject)
        query.require("e.tenant_id = $?", .int64(tenant.rawValue))
        if view != .all { query.require("e.is_deleted = $?", .bool(view == .deleted)) }
        try query.filter(filter)
        try query.order(by: order)
        let statement = query.statement(
            "search_experiments",
            columns: ExperimentQueries.columns,
            limit: limit + 1,
            offset: offset
        )
        let values = query.values
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try RegistryPage(
                connection.executeComposed(statement, values: values),
                limit: limit,
                offset: offset,
                Experiment.init
            )
        }
    }

    package func rename(_ id: String, to name: String, _ act: Act) async throws {
        try RegistryText.check(name, "new_name", atMost: 500)
        do {
            try await change(id, act) { number, experiment, connection in
                try experiment.requireActive()
                try connection.execute(
                    ExperimentQueries.rename,
                    .int64(act.tenant.rawValue),
                    .int64(number),
                    .text(name),
                    .int64(act.now.milliseconds)
                )
                try act.trail(connection).note(
                    "experiment.rename",
                    "experiment/\(name)",
                    before: experiment.name,
                    after: name
                )
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "experiments_name_key")
        {
            throw RegistryError.exists("Experiment(name=\(name)) already exists.")
        }
    }

    /// With all its runs.
    package func delete(_ id: String, _ act: Act) async throws {
        try await setDeleted(true, id, act)
    }

    /// With all its runs, those too that were deleted before.
    package func restore(_ id: String, _ act: Act) async throws {
        try await setDeleted(false, id, act)
    }

    private func setDeleted(_ isDeleted: Bool, _ id: String, _ act: Act) async throws {
        try await change(id, act) { number, experiment, connection in
            guard experiment.isDeleted != isDeleted else { throw Experiment.none(id) }
            try connection.execute(
                ExperimentQueries.setRunsDeleted,
                .int64(act.tenant.rawValue),
                .int64(number),
                .bool(isDeleted)
            )
            try connection.execute(
                ExperimentQueries.setDeleted,
                .int64(act.tenant.rawValue),
                .int64(number),
                .bool(isDeleted),
                .int64(act.now.milliseconds)
            )
            try act.trail(connection).note(
                isDeleted ? "experiment.delete" : "experiment.restore",
                "experiment/\(experiment.name)"
            )
        }
    }

    package func setTag(_ tag: RegistryTag, on id: String, _ act: Act) async throws {
        try Self.check([tag])
        try await change(id, act) { number, experiment, connection in
            try experiment.requireActive()
            try Self.set([tag], on: number, act, connection)
        }
    }

    package func deleteTag(_ key: String, of id: String, _ act: Act) async throws {
        try RegistryText.checkStorable(key, "key")
        try await change(id, act) { number, experiment, connection in
            try experiment.requireActive()
            let count = try connection.executeCount(
                ExperimentQueries.deleteTag,
                .int64(act.tenant.rawValue),
                .int64(number),
                .text(key)
            )
            guard count > 0 else {
                throw RegistryError.missing("No tag with name: \(key) in experiment with id \(id)")
            }
        }
    }

    private func change(
        _ id: String,
        _ act: Act,
        _ body: @Sendable @escaping (Int64, Experiment, PostgresConnection) throws -> Void
    ) async throws {
        let number = try Experiment.number(id)
        try await pool.transaction(tenant: act.tenant, keepsPlans: true) { connection in
            try connection.execute(
                ExperimentQueries.lock,
                .int64(act.tenant.rawValue),
                .int64(number)
            )
            let found = try Self.find(number, of: act.tenant, connection)
            try body(number, found, connection)
        }
    }

    private static func check(_ tags: [RegistryTag]) throws(RegistryError) {
        guard tags.count <= 1000 else { throw .invalid("a request has at most 1000 tags") }
        for tag in tags {
            try RegistryText.checkKey(tag.key, "key")
            try RegistryText.check(tag.value, "value", atMost: 20_000)
        }
    }

    private static func set(
        _ tags: [RegistryTag],
        on number: Int64,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        guard !tags.isEmpty else { return }
        // The last of a key counts; one INSERT can't set a key twice.
        let last = Dictionary(tags.map { ($0.key, $0.value) }) { $1 }
        try connection.execute(
            ExperimentQueries.setTags,
            .int64(act.tenant.rawValue),
            .int64(number),
            .textArray(Array(last.keys)),
            .textArray(Array(last.values))
        )
    }
}

import CorePostgres
import FleetModel

/// What a request logs to a run, written together with what others log at the same time.
struct RunLog: Sendable {
    let run: String
    let metrics: [RunMetric]
    let params: [RegistryTag]
    let tags: [RegistryTag]

    /// Within one transaction of their tenant.
    ///
    /// - Returns: what became of each: who logs to a run that is not there harms nobody else.
    /// - Throws: where all of it must be undone.
    static func write(
        _ logs: [RunLog],
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [Result<Void, any Error>] {
        let rows = try connection.execute(
            RunLogQueries.states,
            .int64(tenant.rawValue),
            .textArray(Array(Set(logs.map(\.run))))
        )
        var isDeleted: [String: Bool] = [:]
        for row in rows { isDeleted[try row.text("run_id")] = try row.bool("is_deleted") }
        var open: [RunLog] = []
        var outcomes: [Result<Void, any Error>] = []
        for log in logs {
            switch isDeleted[log.run] {
            case nil: outcomes.append(.failure(Run.none(log.run)))
            case true?: outcomes.append(.failure(Run.deleted(log.run)))
            case false?:
                outcomes.append(.success(()))
                open.append(log)
            }
        }
        try write(metrics: open, tenant, connection)
        try write(params: open, tenant, connection)
        try write(tags: open, tenant, connection)
        return outcomes
    }

    /// Of all of them the rows in one list, each with its run.
    private static func rows<Row>(
        _ logs: [RunLog],
        _ part: (RunLog) -> [Row]
    ) -> [(run: String, row: Row)] {
        logs.flatMap { log in part(log).map { (log.run, $0) } }
    }

    private static func write(
        metrics logs: [RunLog],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let all = rows(logs, \.metrics)
        guard !all.isEmpty else { return }
        try connection.execute(
            RunLogQueries.metrics,
            .int64(tenant.rawValue),
            .textArray(all.map(\.run)),
            .textArray(all.map(\.row.key)),
            .int64Array(all.map(\.row.at)),
            .int64Array(all.map(\.row.step)),
            .doubleArray(all.map(\.row.value))
        )
        let measured = all.filter { !$0.row.modelID.isEmpty }
        guard !measured.isEmpty else { return }
        try connection.execute(
            RunLogQueries.modelMetrics,
            values: [
                .int64(tenant.rawValue), .textArray(measured.map(\.run)),
                .textArray(measured.map(\.row.key)), .int64Array(measured.map(\.row.at)),
                .int64Array(measured.map(\.row.step)), .doubleArray(measured.map(\.row.value)),
                .textArray(measured.map(\.row.modelID)),
                .textArray(measured.map(\.row.datasetName)),
                .textArray(measured.map(\.row.datasetDigest)),
            ]
        )
    }

    private static func write(
        params logs: [RunLog],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let all = rows(logs, \.params)
        guard !all.isEmpty else { return }
        let values: [PostgresValue] = [
            .int64(tenant.rawValue), .textArray(all.map(\.run)), .textArray(all.map(\.row.key)),
            .textArray(all.map(\.row.value)),
        ]
        let added = try connection.executeCount(RunLogQueries.params, values: values)
        guard added < all.count else { return }
        let row = try connection.execute(RunLogQueries.changedParam, values: values).first
        guard let row else { return }
        let key = try row.text("key")
        throw RegistryError.invalid(
            "Changing param values is not allowed. Param with key='\(key)' was already logged with "
                + "value='\(try row.text("value"))' for run ID='\(try row.text("run_id"))'. "
                + "Attempted logging new value '\(try row.text("wanted"))'."
        )
    }

    private static func write(
        tags logs: [RunLog],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        var last: [String: [String: String]] = [:]
        for log in logs {
            for tag in log.tags { last[log.run, default: [:]][tag.key] = tag.value }
        }
        let all = last.flatMap { run, tags in tags.map { (run: run, key: $0.key, value: $0.value) }
        }
        guard !all.isEmpty else { return }
        try connection.execute(
            RunLogQueries.tagsOfRuns,
            .int64(tenant.rawValue),
            .textArray(all.map(\.run)),
            .textArray(all.map(\.key)),
            .textArray(all.map(\.value))
        )
        // The tag is the run's name; in the order of the runs, as all lock them.
        for (run, tags) in last.sorted(by: { $0.key < $1.key }) {
            guard let name = tags[Runs.nameTag], !name.isEmpty else { continue }
            try connection.execute(
                RunQueries.update,
                .int64(tenant.rawValue),
                .text(run),
                .null,
                .null,
                .text(name)
            )
        }
    }
}

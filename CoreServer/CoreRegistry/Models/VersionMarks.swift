import CorePostgres
import FleetModel

/// What stands at versions in rows of its own: their tags and aliases.
///
/// Read for a whole page at once: a look for each version is most of what a search would cost.
struct VersionMarks {
    private struct Key: Hashable {
        let model: Int64
        let version: Int64
    }

    private var tags: [Key: [RegistryTag]] = [:]
    private var aliases: [Key: [String]] = [:]

    /// - Parameter rows: with the versions' own columns.
    static func versions(
        of rows: [PostgresRow],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [ModelVersion] {
        guard !rows.isEmpty else { return [] }
        let keys = try rows.map {
            Key(model: try $0.int64("registered_model_id"), version: try $0.int64("version"))
        }
        var marks = VersionMarks()
        for row in try connection.execute(
            ModelVersionQueries.marks,
            .int64(tenant.rawValue),
            .int64Array(keys.map(\.model)),
            .int64Array(keys.map(\.version))
        ) {
            let key = Key(
                model: try row.int64("registered_model_id"),
                version: try row.int64("version")
            )
            let name = try row.text("key")
            if let value = try row.optionalText("value") {
                marks.tags[key, default: []].append(RegistryTag(key: name, value: value))
            } else {
                marks.aliases[key, default: []].append(name)
            }
        }
        return try zip(rows, keys).map { row, key in
            try ModelVersion(
                row,
                tags: (marks.tags[key] ?? []).sorted { $0.key < $1.key },
                aliases: (marks.aliases[key] ?? []).sorted()
            )
        }
    }
}

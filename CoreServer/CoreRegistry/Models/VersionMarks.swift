import CorePostgres
import FleetModel

/// What stands at a version in rows of its own: its tags and aliases.
///
/// Read for a whole page at once: a look for each version is most of what a search would cost.
struct VersionMarks {
    private var tags: [RegistryTag] = []
    private var aliases: [String] = []

    /// - Parameter rows: with the versions' own columns.
    /// - Returns: the first of them, fewer where their tags are too much for one page. One version's never
    ///   are.
    static func versions(
        of rows: some Collection<PostgresRow>,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [ModelVersion] {
        var marks = Array(repeating: VersionMarks(), count: rows.count)
        var end = rows.count
        if !rows.isEmpty {
            for row in try connection.execute(
                ModelVersionQueries.marks,
                .int64(tenant.rawValue),
                .int64Array(try rows.map { try $0.int64("registered_model_id") }),
                .int64Array(try rows.map { try $0.int64("version") })
            ) {
                let place = Int(try row.int64("place")) - 1
                let name = try row.text("key")
                if let value = try row.optionalText("value") {
                    marks[place].tags.append(RegistryTag(key: name, value: value))
                } else {
                    marks[place].aliases.append(name)
                }
                if let cut = try row.optionalInt64("cut") { end = Int(cut) - 1 }
            }
        }
        return try zip(rows, marks).prefix(end).map { row, marks in
            try ModelVersion(
                row,
                tags: marks.tags.sorted { $0.key < $1.key },
                aliases: marks.aliases.sorted()
            )
        }
    }
}

import CorePostgres
import FleetModel

/// All rows of a tenant as JSON lines: `{"table": …, "row": {…}}`, between a header and an end that
/// counts them. Tables are found in the catalogue; keys, sessions, and columns that hold secrets or
/// their hashes stay. Holds one page at a time; each page is as it was at its own moment.
package struct TenantExport: Sendable {
    private static let pageRows: Int32 = 100
    /// Of no use to anybody but this installation.
    static let left = [
        "tenant_keys", "tenant_authorities", "sessions", "idempotent_requests",
    ]

    private struct Table: Sendable {
        let name: String
        /// Reads from the start, and from behind a place.
        let first: Statement
        let following: Statement?
    }

    private let pool: PostgresPool
    private let tenant: TenantID
    private let name: String
    private let now: Timestamp
    private var tables: [Table]?
    private var place: [String]?
    private var rows = 0
    private var tableCount = 0
    private var isDone = false

    init(pool: PostgresPool, tenant: TenantID, name: String, at now: Timestamp) {
        self.pool = pool
        self.tenant = tenant
        self.name = name
        self.now = now
    }

    /// The next lines; `nil` after the last.
    package mutating func next() async throws -> [UInt8]? {
        guard !isDone else { return nil }
        guard let waiting = tables else {
            let found = try await Self.tables(pool)
            tables = found
            tableCount = found.count
            return Array(
                """
                {"format": "hawser-tenant-1", "tenant": \(tenant.rawValue), "name": "\(name)", \
                "exported_at": "\(now)"}

                """.utf8
            )
        }
        guard let table = waiting.first else {
            isDone = true
            return Array("{\"end\": true, \"tables\": \(tableCount), \"rows\": \(rows)}\n".utf8)
        }
        let page = try await page(of: table)
        rows += page.count
        place = page.last
        if place == nil { tables?.removeFirst() }
        return page.lines
    }

    private func page(
        of table: Table
    ) async throws -> (lines: [UInt8], count: Int, last: [String]?) {
        let (id, place) = (tenant, place)
        return try await pool.transaction(tenant: id, readOnly: true) { connection in
            var values: [PostgresValue] = [.int64(id.rawValue), .int32(Self.pageRows)]
            if let place { values.append(.textArray(place)) }
            let statement = place == nil ? table.first : table.following ?? table.first
            let found = try connection.execute(statement, values: values)
            var lines: [UInt8] = []
            for row in found {
                lines += Array(try row.text("line").utf8)
                lines.append(0x0A)
            }
            let isLast = table.following == nil || found.count < Int(Self.pageRows)
            return (lines, found.count, isLast ? nil : try found.last?.textArray("place"))
        }
    }

    private static func tables(_ pool: PostgresPool) async throws -> [Table] {
        try await pool.transaction(tenant: nil, readOnly: true) { connection in
            try connection.execute(TenantEndQueries.exportable, .textArray(left)).map { row in
                table(
                    try row.text("name"),
                    columns: try row.textArray("columns"),
                    keys: try row.textArray("keys"),
                    types: try row.textArray("types")
                )
            }
        }
    }

    /// Names and types come from PostgreSQL's catalogue, quoted there.
    private static func table(
        _ name: String,
        columns: [String],
        keys: [String],
        types: [String]
    ) -> Table {
        func statement(_ suffix: String, _ condition: String) -> Statement {
            let order = keys.isEmpty ? "" : "ORDER BY \(keys.joined(separator: ", "))"
            let place = keys.map { "\($0)::text" }.joined(separator: ", ")
            return Statement(
                "export_\(suffix)_\(name)",
                """
                SELECT json_build_object(
                    'table', '\(name)',
                    'row', (
                        SELECT to_json(shown) FROM (SELECT \(columns.joined(separator: ", "))) AS shown
                    )
                )::text AS line, ARRAY[\(place)]::text[] AS place
                FROM hawser.\(name)
                WHERE tenant_id = $1::bigint \(condition)
                \(order)
                LIMIT $2::integer
                """
            )
        }
        let from = zip(types, 1...).map { "(($3::text[])[\($1)])::\($0)" }.joined(separator: ", ")
        return Table(
            name: name,
            first: statement("first", ""),
            following: keys.isEmpty
                ? nil : statement("next", "AND (\(keys.joined(separator: ", "))) > (\(from))")
        )
    }
}

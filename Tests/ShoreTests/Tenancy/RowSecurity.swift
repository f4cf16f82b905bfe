import CorePostgres

/// What the catalogues of a real database say about its tables, and rows for all of them.
///
/// Everything is found out, nothing is listed: a table of tomorrow is covered by today's tests.
enum RowSecurity {
    /// Tables with a tenant, without the partitions of others.
    static func tables(_ superuser: PostgresPool) async throws -> [String] {
        try await names(
            """
            SELECT relname::text AS value FROM pg_class
            WHERE relnamespace = 'hawser'::regnamespace AND relkind IN ('r', 'p')
                AND NOT relispartition AND relname <> 'schema_migrations'
            ORDER BY relname
            """,
            superuser
        )
    }

    static func partitions(_ superuser: PostgresPool) async throws -> [String] {
        try await names(
            """
            SELECT relname::text AS value FROM pg_class
            WHERE relnamespace = 'hawser'::regnamespace AND relispartition
                AND relkind IN ('r', 'p')
            ORDER BY relname
            """,
            superuser
        )
    }

    /// Takes away checks and references, which have nothing to say about who sees a row.
    static func dropChecks(_ superuser: PostgresPool) async throws {
        let drops = try await names(
            """
            SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS value
            FROM pg_constraint
            WHERE connamespace = 'hawser'::regnamespace AND contype IN ('c', 'f')
                AND conparentid = 0 AND coninhcount = 0
            """,
            superuser
        )
        try await superuser.withConnection { try $0.run(script: drops.joined(separator: ";")) }
    }

    /// `INSERT` of one row of a tenant into a table, any values.
    ///
    /// - Parameter variant: rows of different variants do not meet in a unique key.
    static func insert(
        into table: String,
        tenant: Int64,
        variant: Int,
        _ superuser: PostgresPool
    ) async throws -> String {
        let columns = try await names(
            """
            SELECT attname || ' ' || format_type(atttypid, NULL) AS value FROM pg_attribute
            WHERE attrelid = 'hawser.\(table)'::regclass AND attnum > 0 AND NOT attisdropped
                AND attgenerated = '' AND attidentity = ''
            ORDER BY attnum
            """,
            superuser
        ).map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        let values = columns.map { column in
            column[0] == "tenant_id"
                ? "\(tenant)" : value(of: column[1], variant: Int(tenant) * 100 + variant)
        }
        return "INSERT INTO hawser.\(table) (\(columns.map { $0[0] }.joined(separator: ", "))) "
            + "VALUES (\(values.joined(separator: ", ")))"
    }

    private static func value(of type: String, variant: Int) -> String {
        switch type {
        // The one list partition there is takes 300, 3600 and 86400.
        case "integer": "300"
        case "bigint": "\(variant)"
        case "smallint": "1"
        case "text": "'t\(variant)'"
        case "bytea": "'\\x\(variant + 100_000)'::bytea"
        case "boolean": "false"
        case "xid8": "'\(variant)'::xid8"
        case "uuid": "lpad('\(variant)', 32, '0')::uuid"
        case "jsonb": "'{}'"
        case "double precision": "0"
        case "date": "'2001-01-01'::date + \(variant)"
        case "timestamp with time zone":
            "'2001-01-01T00:00:00Z'::timestamptz + \(variant) * '1h'::interval"
        default: type.hasSuffix("[]") ? "'{}'" : "'unknown type \(type): teach RowSecurity'"
        }
    }

    static func names(_ sql: String, _ pool: PostgresPool) async throws -> [String] {
        try await pool.withConnection { connection in
            try connection.execute(Statement(sql: sql)).map { try $0.text("value") }
        }
    }
}

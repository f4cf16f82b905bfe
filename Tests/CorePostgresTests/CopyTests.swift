import CorePostgres
import CoreTestSupport
import FleetModel
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CopyTests {
    private static let columns = [
        "number", "small", "tiny", "name", "body", "at", "level", "flag", "document", "numbers",
        "names",
    ]

    private static let table = """
        CREATE SCHEMA IF NOT EXISTS hawser;
        CREATE TABLE hawser.samples (
            number bigint PRIMARY KEY, small integer, tiny smallint, name text, body bytea,
            at timestamptz, level double precision, flag boolean, document jsonb,
            numbers bigint[], names text[]
        );
        """

    private static let count = Statement(
        "count_samples",
        "SELECT count(*) AS count FROM hawser.samples"
    )

    private static func row(_ number: Int64) -> [PostgresValue] {
        [
            .int64(number), .int64(-number), .int32(Int32(number % 100)), .text("ship \(number)"),
            .bytes([UInt8](repeating: 7, count: Int(number % 50))),
            .timestamp(Timestamp(milliseconds: number)),
            number % 3 == 0 ? .null : .double(Double(number) / 8), .bool(number % 2 == 0),
            .text(#"{"number": \#(number)}"#), .int64Array([number, 0]), .textArray(["a", ""]),
        ]
    }

    @Test
    func `ten thousand rows of all types arrive as they went`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let last = try await pool.withConnection { connection in
                try connection.run(script: Self.table)
                let written = try connection.copy(
                    into: "hawser.samples",
                    columns: Self.columns
                ) { writer in
                    for number in 0..<10_000 { try writer.row(values: Self.row(Int64(number))) }
                }
                #expect(written == 10_000)
                return try connection.execute(
                    Statement("last", "SELECT * FROM samples WHERE number = $1"),
                    .int64(9_999)
                ).first
            }

            #expect(try last?.int64("small") == -9_999)
            #expect(try last?.int32("tiny") == 99)
            #expect(try last?.text("name") == "ship 9999")
            #expect(try last?.bytes("body").count == 49)
            #expect(try last?.timestamp("at").milliseconds == 9_999)
            #expect(try last?.optionalDouble("level") == nil)
            #expect(try last?.bool("flag") == false)
            #expect(try last?.text("document") == #"{"number": 9999}"#)
            #expect(try last?.int64Array("numbers") == [9_999, 0])
            #expect(try last?.textArray("names") == ["a", ""])
        }
    }

    @Test
    func `a row larger than a message arrives whole`() async throws {
        let body = [UInt8](repeating: 0x5A, count: 300_000)
        try await PostgresPool.withDatabase { pool, _ in
            let arrived = try await pool.withConnection { connection in
                try connection.run(script: Self.table)
                try connection.copy(into: "samples", columns: ["number", "body"]) { writer in
                    try writer.row(.int64(1), .bytes(body))
                    try writer.row(.int64(2), .bytes([]))
                }
                return try connection.execute(
                    Statement("body", "SELECT body FROM samples WHERE number = 1")
                ).first?.bytes("body")
            }

            #expect(arrived == body)
        }
    }

    @Test
    func `an error thrown among the rows aborts the copy and comes out unchanged`() async throws {
        struct Interruption: Error {}
        try await PostgresPool.withDatabase { pool, _ in
            let count = try await pool.withConnection { connection in
                try connection.run(script: Self.table)
                #expect(throws: Interruption.self) {
                    try connection.copy(into: "samples", columns: Self.columns) { writer in
                        for number in 0..<5_000 { try writer.row(values: Self.row(Int64(number))) }
                        throw Interruption()
                    }
                }
                return try connection.execute(Self.count).first?.int64("count")
            }

            #expect(count == 0)
        }
    }

    @Test
    func `a value that does not fit names its column and leaves nothing half written`()
        async throws
    {
        try await PostgresPool.withDatabase { pool, _ in
            try await pool.withConnection { connection in
                try connection.run(script: Self.table)
                let error = #expect(throws: PostgresError.self) {
                    try connection.copy(into: "samples", columns: ["number", "tiny"]) { writer in
                        try writer.row(.int64(1), .int64(40_000))
                    }
                }
                #expect(error?.code == .invalidValue)
                #expect(error?.message.contains("\"tiny\"") == true)
                #expect(try connection.execute(Self.count).first?.int64("count") == 0)
            }
        }
    }

    @Test
    func `a duplicate key fails the copy with the constraint's name`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            try await pool.withConnection { connection in
                try connection.run(script: Self.table)
                let error = #expect(throws: PostgresError.self) {
                    try connection.copy(into: "samples", columns: ["number"]) { writer in
                        try writer.row(.int64(1))
                        try writer.row(.int64(1))
                    }
                }
                #expect(error?.isUniqueViolation(constraint: "samples_pkey") == true)
            }
        }
    }

    @Test
    func `duplicates are left out when asked for, within and outside a transaction`()
        async throws
    {
        try await PostgresPool.withDatabase { pool, _ in
            try await pool.withConnection { try $0.run(script: Self.table) }
            @Sendable func copy(_ connection: PostgresConnection) throws -> Int {
                try connection.copy(
                    into: "samples",
                    columns: ["number"],
                    ignoringDuplicates: true
                ) { writer in
                    for number: Int64 in [1, 2, 2] { try writer.row(.int64(number)) }
                }
            }

            let outside = try await pool.withConnection(copy)
            let inside = try await pool.transaction(tenant: nil) { connection in
                [try copy(connection), try copy(connection)]
            }

            #expect(outside == 2)
            #expect(inside == [0, 0])
        }
    }

    @Test
    func `copy reaches a table under row security, and its policies hold`() async throws {
        let migration = Migration(
            number: 1,
            title: "readings",
            sql: """
                CREATE TABLE hawser.readings (
                    tenant_id bigint, number bigint, PRIMARY KEY (tenant_id, number)
                );
                ALTER TABLE hawser.readings ENABLE ROW LEVEL SECURITY;
                ALTER TABLE hawser.readings FORCE ROW LEVEL SECURITY;
                CREATE POLICY own ON hawser.readings USING (
                    tenant_id = nullif(current_setting('hawser.tenant_id', true), '')::bigint
                );
                GRANT USAGE ON SCHEMA hawser TO hawser_server;
                GRANT SELECT, INSERT ON hawser.readings TO hawser_server;
                """
        )
        try await PostgresFixture.withDatabase(migrations: [migration]) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.serverConnectionString,
                    size: 1
                ),
                logger: .silent
            )
            @Sendable func copy(tenant: Int64, _ connection: PostgresConnection) throws -> Int {
                try connection.copy(into: "readings", columns: ["tenant_id", "number"]) { writer in
                    for number: Int64 in 1...300 {
                        try writer.row(.int64(tenant), .int64(number))
                    }
                }
            }

            let own = try await pool.transaction(tenant: TenantID(1)) { try copy(tenant: 1, $0) }
            let foreign = await #expect(throws: PostgresError.self) {
                try await pool.transaction(tenant: TenantID(1)) { try copy(tenant: 2, $0) }
            }
            let later = try await pool.transaction(tenant: TenantID(2)) { try copy(tenant: 2, $0) }

            #expect(own == 300)
            #expect(foreign?.sqlState == "42501")
            #expect(later == 300)
            await pool.close()
        }
    }
}

import CorePostgres
import CoreTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct MigratorTests {
    private static let first = Migration(
        number: 1,
        title: "ships",
        sql: "CREATE SCHEMA IF NOT EXISTS hawser; CREATE TABLE hawser.ships (name text)"
    )
    private static let second = Migration(
        number: 2,
        title: "hull",
        sql: "ALTER TABLE hawser.ships ADD COLUMN hull text; INSERT INTO hawser.ships VALUES ('a')"
    )

    private func migrate(_ database: TestDatabase, _ migrations: [Migration]) async throws -> Int {
        try await Migrator.migrate(
            connectionString: database.ownerConnectionString,
            migrations: migrations,
            logger: .silent
        )
    }

    private func numbers(_ database: TestDatabase, _ sql: String) async throws -> [Int64] {
        let pool = PostgresPool(
            PostgresPoolConfiguration(connectionString: database.ownerConnectionString, size: 1),
            logger: .silent
        )
        let numbers = try await pool.withConnection { connection in
            try connection.execute(Statement("numbers", sql)).map { try $0.int64("number") }
        }
        await pool.close()
        return numbers
    }

    @Test
    func `migrations are applied once and in order`() async throws {
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let counts = [
                try await migrate(database, [Self.first]),
                try await migrate(database, [Self.first, Self.second]),
                try await migrate(database, [Self.first, Self.second]),
            ]

            #expect(counts == [1, 1, 0])
            let recorded = try await numbers(
                database,
                "SELECT number FROM hawser.schema_migrations ORDER BY applied_at, number"
            )
            #expect(recorded == [1, 2])
        }
    }

    @Test
    func `two migrators at once apply each migration once`() async throws {
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let slow = Migration(
                number: 3,
                title: "slow",
                sql: "SELECT pg_sleep(0.2); INSERT INTO hawser.ships VALUES ('b')"
            )
            let all = [Self.first, Self.second, slow]
            let total = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await migrate(database, all) } }
                return try await group.reduce(0, +)
            }

            #expect(total == 3)
            let ships = try await numbers(database, "SELECT count(*) AS number FROM hawser.ships")
            #expect(ships == [2])
        }
    }

    @Test
    func `a released migration that was changed is refused`() async throws {
        try await PostgresFixture.withDatabase(migrations: [Self.first]) { database in
            let changed = Migration(number: 1, title: "ships", sql: Self.first.sql + " -- better")

            let error = await #expect(throws: MigrationError.self) {
                try await migrate(database, [changed, Self.second])
            }

            #expect(error == .changed(number: 1, title: "ships"))
            #expect(error?.description.contains("a released migration was changed") == true)
        }
    }

    @Test
    func `a database that is ahead of the program is refused`() async throws {
        try await PostgresFixture.withDatabase(migrations: [Self.first, Self.second]) { database in
            await #expect(throws: MigrationError.ahead(number: 2, newestKnown: 1)) {
                try await migrate(database, [Self.first])
            }
        }
    }

    @Test
    func `a migration added in front of applied ones is refused`() async throws {
        try await PostgresFixture.withDatabase(migrations: [Self.second(renumbered: 5)]) {
            database in
            await #expect(throws: MigrationError.outOfOrder(number: 1, title: "ships")) {
                try await migrate(database, [Self.first, Self.second(renumbered: 5)])
            }
        }
    }

    private static func second(renumbered number: Int) -> Migration {
        Migration(number: number, title: "later", sql: "SELECT 1")
    }

    @Test(arguments: [
        ("SELECT 1; SELECT nonsense", "nonsense"),
        ("CREATE TABLE hawser.left_behind (); COMMIT", "ends its transaction"),
    ])
    func `a migration that fails says which, and the ones before it stay`(
        _ sql: String,
        _ reason: String
    ) async throws {
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let bad = Migration(number: 2, title: "bad", sql: sql)

            let error = await #expect(throws: MigrationError.self) {
                try await migrate(database, [Self.first, bad])
            }

            #expect(error?.description.contains("Migration 2 (bad)") == true)
            #expect(error?.description.contains(reason) == true)
            let recorded = try await numbers(
                database,
                "SELECT number FROM hawser.schema_migrations"
            )
            #expect(recorded == [1])
        }
    }
}

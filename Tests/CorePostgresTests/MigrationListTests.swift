import CoreMigrations
import CorePostgres
import CoreTestSupport
import Foundation
import Testing

/// The list in the code, the files in the folder, and the schema they make.
@Suite(.timeLimit(.minutes(10)))
struct MigrationListTests {
    private static let folder =
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/Migrations/SQL"

    private func fileName(_ file: CoreMigrations.File) -> String {
        let digits = String(file.number)
        return "V" + String(repeating: "0", count: 4 - digits.count) + digits + "_\(file.title).sql"
    }

    @Test func `the list is the folder`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        #expect(
            CoreMigrations.files.map(fileName) == names.filter { $0.hasSuffix(".sql") }.sorted()
        )
        for file in CoreMigrations.files {
            let text = try String(
                contentsOfFile: "\(Self.folder)/\(fileName(file))",
                encoding: .utf8
            )
            #expect(file.sql == text, "\(file.title)")
        }
    }

    @Test func `the numbers count upwards from 1 without a hole`() {
        let numbers = CoreMigrations.files.map(\.number)
        #expect(numbers == Array(1...numbers.count))
    }

    @Test func `every file begins by telling the operator what it does`() {
        for file in CoreMigrations.files {
            #expect(file.sql.hasPrefix("-- "), "\(file.title)")
            #expect(file.sql.contains("Locks "), "\(file.title) says nothing about locks")
        }
    }

    @Test func `each is recorded with the digest of its text`() async throws {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.superuserConnectionString,
                    size: 1
                ),
                logger: .silent
            )
            let digests = try await pool.withConnection { connection in
                try connection.execute(
                    Statement(
                        "recorded_digests",
                        "SELECT digest FROM hawser.schema_migrations ORDER BY number"
                    )
                ).map { try $0.text("digest") }
            }
            await pool.close()
            #expect(digests.count == CoreMigrations.files.count)
            #expect(Set(digests).count == digests.count)
            #expect(digests.allSatisfy { $0.utf8.count == 64 })
        }
    }
}

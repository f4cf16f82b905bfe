import CoreDomain
import CorePostgres
import CoreRegistry
import CoreTestSupport
import Foundation
import Logging
import Testing

/// Every statement of the registry, against the schema that it is for.
@Suite(.timeLimit(.minutes(10)))
struct RegistryStatementsTests {
    @Test func `every statement can be prepared by the server's role`() async throws {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.serverConnectionString,
                    size: 1
                ),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await pool.withConnection { connection in
                for statement in RegistryStatements.all {
                    try connection.run(script: "PREPARE \(statement.name) AS \(statement.sql)")
                }
            }
            await pool.close()
        }
    }

    @Test func `no two statements share a name`() {
        let names = (RegistryStatements.all + StatementCatalogue.all).map(\.name)
        #expect(names.count == Set(names).count)
    }

    @Test func `every statement that the registry's sources make is in the catalogue`() throws {
        let known = Set(RegistryStatements.all.map(\.name))
        let folder = "\(Self.repository)/CoreServer/CoreRegistry"
        let files =
            FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        var made: Set<String> = []
        // Searches are made for each, of parts that are the registry's own.
        for file in files where file.hasSuffix(".swift") && file != "Search/SearchQuery.swift" {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for match in text.matches(of: /Statement\(\s*"([a-z0-9_]+)"/) {
                made.insert(String(match.1))
            }
            let count = text.matches(of: /\bStatement\(/).count
            #expect(
                count == text.matches(of: /\bStatement\(\s*"/).count,
                "\(file): a name in a variable"
            )
        }
        #expect(made.count > 20, "the scan found too few: is the folder another?")
        #expect(made == known)
    }

    private static let repository =
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}

import CoreDeploy
import CoreDomain
import CorePostgres
import CoreTestSupport
import Foundation
import Logging
import Testing

/// Every statement of deployments, against the schema that it is for.
@Suite(.timeLimit(.minutes(10)))
struct DeployStatementsTests {
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
                for statement in DeployStatements.all {
                    try connection.run(script: "PREPARE \(statement.name) AS \(statement.sql)")
                }
            }
            await pool.close()
        }
    }

    @Test func `every statement that the sources make is in the catalogue`() throws {
        let known = DeployStatements.all.map(\.name)
        #expect(known.count == Set(known).count)
        let folder = "\(Self.repository)/CoreServer/CoreDeploy"
        let files =
            FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        var made: Set<String> = []
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for match in text.matches(of: /Statement\(\s*"([a-z0-9_]+)"/) {
                made.insert(String(match.1))
            }
        }
        #expect(made.count > 20, "the scan found too few: is the folder another?")
        #expect(made == Set(known))
    }

    private static let repository =
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}

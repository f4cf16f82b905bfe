import CorePostgres
import CoreTestSupport
import FleetTestSupport
import Testing

/// A database that does not keep tenants apart, however it came to that, is not served.
@Suite(.timeLimit(.minutes(10)))
struct StartRefusalTests {
    /// Something an operator, a restored backup or a careless migration may have done.
    struct Fault: Sendable, CustomTestStringConvertible {
        let script: String
        /// What the one line must say.
        let finding: String

        var testDescription: String { finding }
    }

    private static let faults = [
        Fault(
            script: "ALTER TABLE hawser.ships DISABLE ROW LEVEL SECURITY",
            finding: "ships has row security not enabled"
        ),
        Fault(
            script: "ALTER TABLE hawser.rollups NO FORCE ROW LEVEL SECURITY",
            finding: "rollups has row security not forced"
        ),
        Fault(
            script: """
                ALTER TABLE hawser.events DROP CONSTRAINT events_pkey;
                ALTER TABLE hawser.events
                    ADD PRIMARY KEY (ship_id, tenant_id, epoch, sequence, ordinal)
                """,
            finding: "events has no primary key that starts with tenant_id"
        ),
        Fault(
            script: "ALTER TABLE hawser.link_usage OWNER TO hawser_server",
            finding: "role hawser_server owns"
        ),
        Fault(
            script: "CREATE POLICY everyone ON hawser.series TO hawser_server USING (true)",
            finding: "policy everyone on table"
        ),
        Fault(
            script: "CREATE POLICY everyone ON hawser.series USING (tenant_id IS NOT NULL)",
            finding: "policy everyone on table"
        ),
        Fault(
            script: """
                CREATE POLICY everyone ON hawser.series
                    USING (tenant_id = hawser.current_tenant() OR name = 'up')
                """,
            finding: "policy everyone on table"
        ),
        Fault(
            script: "GRANT SELECT ON hawser.sample_blocks_default TO hawser_server",
            finding: "privileges on partition"
        ),
        Fault(
            script: "GRANT SELECT ON hawser.sample_blocks_default TO hawser_reports",
            finding: "role hawser_reports has privileges on partition"
        ),
        Fault(
            script: "CREATE POLICY everyone ON hawser.ships TO hawser_ingress USING (true)",
            finding: "policy everyone on table"
        ),
        Fault(
            script: "ALTER TABLE hawser.wants OWNER TO hawser_scheduler",
            finding: "role hawser_scheduler owns"
        ),
        Fault(
            script: "CREATE TABLE hawser.notes (text text)",
            finding: "notes has no tenant_id"
        ),
    ]

    @Test(arguments: faults)
    func `serve refuses with one line and a failing exit`(_ fault: Fault) async throws {
        try await PostgresFixture.withDatabase(migrations: Shore.migrations) { database in
            try await PostgresPool.lend(database.superuserConnectionString) { superuser in
                try await superuser.withConnection { try $0.run(script: fault.script) }
            }
            try await withTemporaryDirectory { data in
                let runner = try Shore.serve(database, data: data)
                try await withProcess(runner) { process in
                    let status = try await process.waitForExit()
                    #expect(!status.isSuccess)
                    let lines = process.standardError.split(separator: "\n")
                    #expect(lines.count == 1, "\(lines)")
                    #expect(lines.last?.hasPrefix("core-server: ") == true)
                    #expect(lines.last?.contains(fault.finding) == true, "\(lines)")
                    #expect(process.standardOutput.isEmpty)
                    #expect(!TemporaryDirectory.names(in: data).contains("endpoints.json"))
                }
            }
        }
    }
}

import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Real programs: a ship keeps what the shore sealed, and gives away who cuts the shore's audit.
@Suite(.timeLimit(.minutes(10))) struct AuditWitnessTests {
    private struct Outcome {
        let status: FleetTestSupport.ExitStatus
        let text: String
    }

    private func hawser(_ shore: Shore, token: String, _ words: [String]) async throws -> Outcome {
        var environment = ProcessRunner.inherited.filter { !$0.key.hasPrefix("HAWSER_") }
        environment["HAWSER_URL"] = shore.apiURL
        environment["HAWSER_CA"] = "\(shore.data)/authority/ca.crt"
        environment["HAWSER_TOKEN"] = token
        let runner = ProcessRunner(
            try Products.path("hawser"),
            words,
            environment: environment
        )
        return try await withProcess(runner) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            return Outcome(status: status, text: process.standardOutput + process.standardError)
        }
    }

    /// How many entries there are, how many of them are sealed, and by how many seals.
    private func ends(_ tables: ShoreTables) async throws -> [Int64] {
        // A minute is long to wait for.
        try await tables.run("UPDATE hawser.jobs SET due_at = now() WHERE kind = 'audit-seal'")
        return try await tables.numbers(
            """
            SELECT sequence AS value FROM hawser.audit_heads WHERE tenant_id = 1
            UNION ALL
            SELECT coalesce(max(last_sequence), 0) FROM hawser.audit_seals WHERE tenant_id = 1
            UNION ALL SELECT count(*) FROM hawser.audit_seals WHERE tenant_id = 1
            """
        )
    }

    @Test func `a tail of the audit that a superuser cut off is named by a ship's witness`()
        async throws
    {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let token = try await shore.command(
                "token",
                "create",
                "--tenant",
                "blue",
                "--role",
                "admin",
                "--name",
                "auditor"
            )
            let ship = "\(folder)/alpha"
            try await ShipAboard.with(
                "alpha",
                of: "blue",
                at: shore,
                data: ship,
                syncPort: shore.syncPort
            ) { agent in
                try await ShoreTables.withSuperuser(shore) { tables in
                    // Two seals at least, so that a stretch can be cut that leaves a right one.
                    try await eventually("the first seal is made", timeout: .seconds(240)) {
                        let ends = try await ends(tables)
                        return ends[0] == ends[1] && ends[2] >= 1
                    }
                    let kept = try await ends(tables)
                    let made = try await hawser(
                        shore,
                        token: token,
                        ["ships", "create", "name=embarrassing", "--reason", "a favour"]
                    )
                    #expect(made.status == .exited(0), "\(made.text)")
                    try await eventually("the next seal is made", timeout: .seconds(240)) {
                        let ends = try await ends(tables)
                        return ends[0] > kept[0] && ends[0] == ends[1]
                    }
                    let sealed = try await ends(tables)

                    // Carried down, kept aboard, and reported back.
                    try agent.start()
                    try await eventually("the ship reports the seal", timeout: .seconds(240)) {
                        try await tables.numbers(
                            "SELECT last_sequence AS value FROM hawser.audit_witnesses"
                        ) == [sealed[1]]
                    }
                    let status = try await agent.statusText()
                    #expect(status.contains("\"witness\""), "\(status)")
                    try status.write(
                        toFile: "\(folder)/status.json",
                        atomically: true,
                        encoding: .utf8
                    )
                    let keys = "\(shore.data)/authority/sign.pub"
                    let good = "\(folder)/good.jsonl"
                    let exported = try await hawser(shore, token: token, ["audit", "export", good])
                    #expect(exported.status == .exited(0), "\(exported.text)")
                    let words = ["--keys", keys, "--witness", "\(folder)/status.json"]
                    let verified = try await hawser(
                        shore,
                        token: "",
                        ["audit", "verify", good] + words
                    )
                    #expect(verified.status == .exited(0), "\(verified.text)")

                    // Somebody with all rights over the database covers it up, with every trace.
                    try await tables.run(
                        """
                        BEGIN;
                        SET LOCAL session_replication_role = replica;
                        DELETE FROM hawser.audit_witnesses;
                        DELETE FROM hawser.audit_seals
                            WHERE tenant_id = 1 AND last_sequence > \(kept[1]);
                        DELETE FROM hawser.audit_entries
                            WHERE tenant_id = 1 AND sequence > \(kept[0]);
                        UPDATE hawser.audit_heads SET sequence = \(kept[0]), hash = (
                            SELECT hash FROM hawser.audit_entries
                            WHERE tenant_id = 1 AND sequence = \(kept[0])
                        ) WHERE tenant_id = 1;
                        COMMIT
                        """
                    )
                    let cut = "\(folder)/cut.jsonl"
                    let again = try await hawser(shore, token: token, ["audit", "export", cut])
                    #expect(again.status == .exited(0), "\(again.text)")
                    let alone = try await hawser(
                        shore,
                        token: "",
                        ["audit", "verify", cut, "--keys", keys]
                    )
                    #expect(alone.status == .exited(0), "right in itself: \(alone.text)")
                    let found = try await hawser(
                        shore,
                        token: "",
                        ["audit", "verify", cut] + words
                    )
                    #expect(found.status == .exited(1))
                    #expect(
                        found.text.contains("first bad entry: \(kept[0] + 1):"),
                        "\(found.text)"
                    )
                    #expect(
                        found.text.contains("\(agent.identity.uri) witnessed"),
                        "\(found.text)"
                    )

                    // The shore itself hears of it as soon as the ship comes again.
                    try await agent.stop()
                    try agent.start()
                    try await eventually("the shore misses its seal", timeout: .seconds(240)) {
                        try await tables.numbers(
                            """
                            SELECT count(*) AS value FROM hawser.shore_events
                            WHERE kind = 'audit_witness_missing'
                            """
                        ) == [1]
                    }
                }
            }
        }
    }
}

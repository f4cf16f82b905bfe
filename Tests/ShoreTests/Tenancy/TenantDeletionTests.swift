import CoreDomain
import CorePostgres
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// The end of a tenant, by the API and from the terminal, and what is found of it afterwards.
@Suite(.timeLimit(.minutes(10)))
struct TenantDeletionTests {
    /// In no other text of the server.
    private static let mark = "zebrafish"

    /// Every place in the database where the word stands, whether the table has tenants or not; but for
    /// the installation's own audit.
    private func places(_ shore: Shore) async throws -> [String] {
        let tables = try await shore.look(
            """
            SELECT format('%I.%I', nspname, relname) AS value FROM pg_class
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE relkind IN ('r', 'p', 'm') AND NOT relispartition
                AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
            ORDER BY 1
            """
        )
        #expect(tables.count > 40)
        var places: [String] = []
        for table in tables {
            let except =
                table == "hawser.audit_entries" ? "AND tenant_id <> 0" : ""
            places += try await shore.look(
                """
                SELECT '\(table)' AS value FROM \(table) AS one
                WHERE (one::text LIKE '%\(Self.mark)%' OR one::text LIKE '%'
                    || encode('\(Self.mark)', 'hex') || '%') \(except)
                LIMIT 1
                """
            )
        }
        return places
    }

    private func rows(_ shore: Shore, _ tenant: TenantID) async throws -> [String] {
        let tables = try await shore.look(
            """
            SELECT relname AS value FROM pg_class
            JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant_id'
            WHERE relnamespace = 'hawser'::regnamespace AND relkind IN ('r', 'p')
                AND NOT relispartition
            """
        )
        var found: [String] = []
        for table in tables {
            found += try await shore.look(
                """
                SELECT '\(table)' AS value FROM hawser.\(table)
                WHERE tenant_id = \(tenant.rawValue) LIMIT 1
                """
            )
        }
        return found
    }

    private func files(_ shore: Shore) throws -> [String] {
        let walk = FileManager.default.enumerator(atPath: shore.data)
        var found: [String] = []
        while let path = walk?.nextObject() as? String {
            let bytes = FileManager.default.contents(atPath: "\(shore.data)/\(path)") ?? Data()
            if path.contains(Self.mark) || bytes.range(of: Data(Self.mark.utf8)) != nil {
                found.append(path)
            }
        }
        return found
    }

    @Test func `of a tenant that was deleted from the terminal no row and no file is left`()
        async throws
    {
        try await Shore.lend { shore in
            let tenant = try await shore.makeTenant(Self.mark)
            let other = try await shore.makeTenant("other")
            _ = try await shore.makeShip("aurora", of: other)
            let admin = try await shore.makeToken(tenant, role: .admin)
            let operators = try await shore.makeToken(
                Tenant(id: .system, name: "system"),
                role: .system
            )
            try await shore.enterPerson(
                "\(Self.mark)-ada",
                of: tenant,
                role: .admin,
                password: "an unmistakable password 1618"
            )
            for (path, body) in [
                ("ships", #"{"name": "\#(Self.mark)-one", "owner": "\#(Self.mark)"}"#),
                ("fleets", #"{"name": "\#(Self.mark)", "selector": {"class": ["tanker"]}}"#),
                ("users", #"{"name": "\#(Self.mark)"}"#),
            ] {
                let made = try await shore.call(
                    "/api/v1/\(path)",
                    method: "POST",
                    token: admin,
                    headers: [
                        "Content-Type: application/json", "Idempotency-Key: \(Self.mark)-\(path)",
                    ],
                    body: body
                )
                #expect(made.status == 201, "\(made.body)")
            }
            _ = try await MLflowThings.make(shore, token: admin)
            let model = try await shore.call(
                "/api/2.0/mlflow/registered-models/create",
                method: "POST",
                token: admin,
                headers: ["Content-Type: application/json"],
                body: "{\"name\": \"\(Self.mark)\"}"
            )
            #expect(model.status == 200, "\(model.body)")
            let artifacts = "\(shore.data)/artifacts/\(tenant.id)"
            #expect(FileManager.default.fileExists(atPath: artifacts))
            #expect(try await places(shore).count >= 7)
            #expect(try await rows(shore, tenant.id).count >= 10)

            let hawser = HawserProgram(shore)
            // Without the name once more, with a wrong one, and by who may not.
            let silent = try await hawser("tenants", "delete", Self.mark, token: operators)
            #expect(silent.status == .exited(1))
            #expect(silent.error.contains("--yes \(Self.mark)"))
            let wrong = try await hawser(
                "tenants",
                "delete",
                Self.mark,
                "--yes",
                "other",
                token: operators
            )
            #expect(wrong.status == .exited(1))
            let foreign = try await hawser(
                "tenants",
                "delete",
                Self.mark,
                "--yes",
                Self.mark,
                token: admin
            )
            #expect(foreign.status == .exited(1))
            #expect(foreign.error.contains("tenants."), "\(foreign.error)")
            for (match, status) in [([], 428), (["If-Match: \"99\""], 412)] {
                let refused = try await shore.call(
                    "/api/v1/tenants/\(Self.mark)",
                    method: "DELETE",
                    token: operators,
                    headers: match
                )
                #expect(refused.status == status, "\(refused.body)")
            }
            #expect(try await shore.tenants.find(name: Self.mark).id == tenant.id)

            let deleted = try await hawser(
                "tenants",
                "delete",
                Self.mark,
                "--yes",
                Self.mark,
                "--reason",
                "the contract ended",
                token: operators
            )
            #expect(deleted.status == .exited(0), "\(deleted.error)")
            #expect(deleted.output == "tenant \(Self.mark) is deleted")
            // What the server had counted is written, or dropped, within seconds.
            try await Task.sleep(for: .seconds(6))
            #expect(try await rows(shore, tenant.id) == [])
            #expect(try await places(shore) == [])
            #expect(try files(shore) == [])
            #expect(!(try await rows(shore, other.id).isEmpty))
            try await eventually("its artifacts' files are gone", timeout: .seconds(240)) {
                !FileManager.default.fileExists(atPath: artifacts)
            }
            #expect(try await shore.call("/api/v1/me", token: admin).status == 401)
            let gone = try await shore.call(
                "/api/v1/tenants/\(Self.mark)",
                method: "DELETE",
                token: operators,
                headers: ["If-Match: *"]
            )
            #expect(gone.status == 404, "\(gone.body)")
            let told = try await shore.look(
                """
                SELECT action AS value FROM hawser.audit_entries
                WHERE tenant_id = 0 AND target = 'tenant/\(Self.mark)'
                    AND reason = 'the contract ended'
                ORDER BY sequence
                """
            )
            #expect(told == ["tenant.delete", "tenant.erase"])
            // The search finds what a table that was forgotten would keep.
            try await shore.plant(
                """
                CREATE TABLE hawser.forgotten (told text, bytes bytea);
                INSERT INTO hawser.forgotten VALUES ('', '\(Self.mark)')
                """
            )
            #expect(try await places(shore) == ["hawser.forgotten"])
            // The name is free, and means another one.
            let again = try await shore.makeTenant(Self.mark)
            #expect(again.id != tenant.id)
        }
    }

    @Test func `the installation's own tenant can't be deleted`() async throws {
        try await Shore.lend { shore in
            let operators = try await shore.makeToken(
                Tenant(id: .system, name: "system"),
                role: .system
            )
            let answer = try await shore.call(
                "/api/v1/tenants/system",
                method: "DELETE",
                token: operators,
                headers: ["If-Match: *"]
            )
            #expect(answer.status == 400, "\(answer.body)")
        }
    }
}

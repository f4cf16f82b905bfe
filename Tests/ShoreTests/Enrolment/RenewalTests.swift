import CoreDomain
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// A real agent whose certificate grows old while it is connected.
@Suite(.shore, .timeLimit(.minutes(10)))
struct RenewalTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private func certificates(of ship: Ship) async throws -> [String] {
        try await shore.look(
            """
            SELECT encode(fingerprint, 'hex') AS value FROM hawser.ship_certificates
            WHERE tenant_id = \(ship.identity.tenant) AND ship_id = \(ship.identity.ship)
            ORDER BY issued_at
            """
        )
    }

    @Test func `the agent renews over sync and shows the new certificate at its next connection`()
        async throws
    {
        let tenant = try await shore.makeTenant("renewing")
        let created = try await shore.ships.create(
            tenant: tenant.id,
            name: "aurora",
            tokenLasting: .seconds(600),
            at: .now,
            for: .command("test")
        )
        try await withTemporaryDirectory { folder in
            let agent = try Products.path("ship-agent")
            let data = folder + "/ship"
            try AtomicFile.write(text: created.enrolmentToken, to: folder + "/token")
            try AtomicFile.write(text: "data: \(data)\n", to: folder + "/agent.yaml")
            try await withProcess(
                agent,
                [
                    "enrol", "--data", data, "--server", "https://127.0.0.1:\(shore.apiPort)",
                    "--token-file", folder + "/token",
                ]
            ) { process in
                let status = try await process.waitForExit(timeout: .seconds(240))
                #expect(status.isSuccess, "\(process.standardError)")
            }
            let first = try #require(try await certificates(of: created.ship).first)
            // As old as renewal asks for, by the shore's own book.
            try await shore.plant(
                """
                UPDATE hawser.ship_certificates SET issued_at = issued_at - interval '61 days'
                WHERE tenant_id = \(tenant.id)
                """
            )
            try await withProcess(agent, ["run", "--config", folder + "/agent.yaml"]) { process in
                let own = data + "/identity/ship.crt"
                let renewed = try await eventually("the new certificate is aboard") {
                    let pem = try AtomicFile.readText(own, limit: 64 * 1024)
                    let fingerprint = try IssuedCertificate(pem: pem).fingerprint
                    return "\(fingerprint)" == first ? nil : "\(fingerprint)"
                }
                let known = try await certificates(of: created.ship)
                #expect(known == [first, renewed])
                // The old one is good until it ends; now it is taken away, so that the agent can
                // only come back with the new one.
                try await shore.plant(
                    """
                    UPDATE hawser.ship_certificates SET revoked_at = now()
                    WHERE tenant_id = \(tenant.id) AND encode(fingerprint, 'hex') = '\(first)'
                    """
                )
                process.send(SIGTERM)
                #expect(try await process.waitForExit().isSuccess)
            }
            let opened = try await shore.metric("hawser_sync_sessions_opened_total")
            try await withProcess(agent, ["run", "--config", folder + "/agent.yaml"]) { process in
                try await eventually("it is connected again") {
                    try await shore.metric("hawser_sync_sessions_opened_total") > opened
                }
                // Young enough: it asks for no third.
                process.send(SIGTERM)
                #expect(try await process.waitForExit().isSuccess)
            }
            let all = try await certificates(of: created.ship)
            #expect(all.count == 2)
            let files = TemporaryDirectory.names(in: data)
            #expect(!files.contains { $0.hasPrefix("identity.") }, "\(files)")
        }
    }

    @Test func `a revoked agent stops delivering and says why in its status`() async throws {
        let tenant = try await shore.makeTenant("revoked-agent")
        let created = try await shore.ships.create(
            tenant: tenant.id,
            name: "aurora",
            tokenLasting: .seconds(600),
            at: .now,
            for: .command("test")
        )
        try await withTemporaryDirectory { folder in
            let agent = try Products.path("ship-agent")
            let data = folder + "/ship"
            try AtomicFile.write(text: created.enrolmentToken, to: folder + "/token")
            try AtomicFile.write(text: "data: \(data)\n", to: folder + "/agent.yaml")
            let enrol = [
                "enrol", "--data", data, "--server", "https://127.0.0.1:\(shore.apiPort)",
                "--token-file", folder + "/token",
            ]
            try await withProcess(agent, enrol) { process in
                let status = try await process.waitForExit(timeout: .seconds(240))
                #expect(status.isSuccess)
            }
            try await shore.ships.revoke(created.ship, at: .now, for: .command("test"))
            try await withProcess(agent, ["run", "--config", folder + "/agent.yaml"]) { process in
                let refusals = "hawser_sync_refused_handshakes_total{reason=\"revoked\"}"
                try await eventually("it is refused") { try await shore.metric(refusals) >= 1 }
                try await eventually("status tells") {
                    try await withProcess(agent, ["status", "--data", data, "--json"]) { status in
                        try await status.waitForExit()
                        return status.standardOutput.contains("\"last_error\"")
                    }
                }
                #expect(process.isRunning)
                process.send(SIGTERM)
                #expect(try await process.waitForExit().isSuccess)
            }
            let contacts = try await shore.look(
                "SELECT agent_version AS value FROM hawser.ship_contacts "
                    + "WHERE tenant_id = \(tenant.id)"
            )
            #expect(contacts.isEmpty)
        }
    }
}

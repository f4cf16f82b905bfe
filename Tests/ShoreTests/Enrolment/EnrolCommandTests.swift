import CoreDomain
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// `ship-agent enrol` against a real shore: it succeeds whole or leaves nothing half-made.
@Suite(.shore, .timeLimit(.minutes(10)))
struct EnrolCommandTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private func makeShip(
        lasting: Duration = .seconds(600),
        at moment: Timestamp = .now
    )
        async throws -> Ships.Created
    {
        let tenant = try await shore.makeTenant("t\(UInt64.random(in: 0 ... .max))")
        return try await shore.ships.create(
            tenant: tenant.id,
            name: "aurora",
            tokenLasting: lasting,
            at: moment,
            for: .command("test")
        )
    }

    /// Runs the command with a token, and lends how it ended.
    private func enrol(
        _ token: String,
        data: String,
        port: Int? = nil,
        _ arguments: [String] = []
    ) async throws -> (status: FleetTestSupport.ExitStatus, output: String, errors: [Substring]) {
        let file = data + ".token"
        try AtomicFile.write(text: token, to: file)
        defer { unlink(file) }
        return try await withProcess(
            try Products.path("ship-agent"),
            [
                "enrol", "--data", data, "--server",
                "https://127.0.0.1:\(port ?? shore.apiPort)", "--token-file", file,
            ] + arguments
        ) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            return (
                status, process.standardOutput, process.standardError.split(separator: "\n")
            )
        }
    }

    private func identity(in data: String) -> [String] {
        TemporaryDirectory.names(in: data + "/identity")
            + TemporaryDirectory.names(in: data).filter { $0.hasPrefix("identity.") }
    }

    @Test func `a good token makes a whole identity that only its user reads`() async throws {
        try await withTemporaryDirectory { folder in
            let data = folder + "/ship"
            let created = try await makeShip()
            let result = try await enrol(created.enrolmentToken, data: data)
            #expect(result.status.isSuccess, "\(result.errors)")
            #expect(result.output.hasPrefix("enrolled as aurora"))
            #expect(identity(in: data) == ["ship.crt", "ship.key", "shore-ca.crt", "shore.txt"])
            var information = stat()
            #expect(stat(data + "/identity/ship.key", &information) == 0)
            #expect(information.st_mode & 0o077 == 0)
            let again = try await enrol(created.enrolmentToken, data: data)
            #expect(!again.status.isSuccess)
            #expect(again.errors.count == 1)
        }
    }

    @Test func `a refused token leaves no identity, and the next one works`() async throws {
        let expired = try await makeShip(lasting: .seconds(60), at: .now - .seconds(61))
        let revoked = try await makeShip()
        try await shore.ships.revoke(revoked.ship, at: .now, for: .command("test"))
        let good = try await makeShip()
        var parts = good.enrolmentToken.split(separator: ".").map(String.init)
        parts[3] = String(parts[3].reversed())
        try await withTemporaryDirectory { folder in
            let data = folder + "/ship"
            for token in [
                expired.enrolmentToken, revoked.enrolmentToken, parts.joined(separator: "."),
                "nonsense", "",
            ] {
                let result = try await enrol(token, data: data)
                #expect(!result.status.isSuccess)
                #expect(result.errors.count == 1, "\(result.errors)")
                #expect(result.errors.first?.hasPrefix("ship-agent: ") == true)
                let secret = token.split(separator: ".").dropFirst(3).first ?? "none"
                #expect(!result.errors.joined().contains(secret))
                #expect(identity(in: data) == [])
            }
            let result = try await enrol(good.enrolmentToken, data: data)
            #expect(result.status.isSuccess)
        }
    }

    @Test func `a false shore is found out before it hears the token`() async throws {
        // Another installation, with keys of its own: it gets every byte it can.
        try await Shore.lend { impostor in
            try await withTemporaryDirectory { folder in
                let created = try await makeShip()
                let data = folder + "/ship"
                let refused = try await enrol(
                    created.enrolmentToken,
                    data: data,
                    port: impostor.apiPort
                )
                #expect(!refused.status.isSuccess)
                #expect(refused.errors.count == 1)
                #expect(refused.errors.first?.contains("fingerprint") == true)
                #expect(identity(in: data) == [])
                let series = "hawser_http_requests_total{route=\"/api/v1/enrolments\",status="
                let page = try await impostor.call("/metrics")
                #expect(!page.body.contains(series))
                // The token was not spent on it.
                let result = try await enrol(created.enrolmentToken, data: data)
                #expect(result.status.isSuccess)
            }
        }
    }

    @Test func `a shore that shows the right authority without its key gets nothing`() async throws
    {
        // The chain is public; a man in the middle can show it, but not prove it.
        try await Shore.lend { impostor in
            try await withTemporaryDirectory { folder in
                let created = try await makeShip()
                var parts = created.enrolmentToken.split(separator: ".").map(String.init)
                // As if the token pinned the leaf of somebody else: any certificate of the chain.
                parts[4] = "\(impostor.authority.fingerprint)"
                let result = try await enrol(parts.joined(separator: "."), data: folder + "/ship")
                #expect(!result.status.isSuccess)
                #expect(identity(in: folder + "/ship") == [])
            }
        }
    }
}

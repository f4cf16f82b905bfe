import CoreDomain
import CorePostgres
import CoreTestSupport
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Uploads that end with the server's process.
@Suite(.timeLimit(.minutes(10)))
struct ArtifactKillTests {
    private static let path = "/api/2.0/mlflow-artifacts/artifacts"

    private static func files(_ data: String) -> [String] {
        let root = "\(data)/artifacts"
        return TemporaryDirectory.names(in: root).flatMap { tenant in
            TemporaryDirectory.names(in: "\(root)/\(tenant)").flatMap { shard in
                TemporaryDirectory.names(in: "\(root)/\(tenant)/\(shard)").map { "\(shard)/\($0)" }
            }
        }
    }

    @Test func `kill -9 during an upload shows nothing of it, and its bytes go at the next start`()
        async throws
    {
        try await Shore.lend { shore in
            let tenant = try await shore.makeTenant("acme")
            let token = try await shore.makeToken(tenant, role: .operator)
            let kept = try await shore.call(
                Self.path + "/1/kept",
                method: "PUT",
                token: token,
                body: "kept"
            )
            #expect(kept.status == 200)
            let client = try await WireClient.connect(
                port: shore.apiPort,
                authority: shore.authority
            )
            defer { client.close() }
            let head =
                "PUT \(Self.path)/1/half HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer \(token)\r\nContent-Length: 4000000\r\n\r\n"
            client.send(Array(head.utf8) + [UInt8](repeating: 7, count: 3_000_000))
            try await eventually("some of it is on the disk") {
                let incoming = "\(shore.data)/artifacts/\(tenant.id.rawValue)/incoming"
                return TemporaryDirectory.names(in: incoming).contains { name in
                    let facts = try? FileManager.default.attributesOfItem(
                        atPath: "\(incoming)/\(name)"
                    )
                    return facts?[.size] as? Int ?? 0 > 1_000_000
                }
            }
            shore.process.send(SIGKILL)
            try await shore.process.waitForExit()
            #expect(Self.files(shore.data).count == 2)
            try await withProcess(Shore.serve(shore.database, data: shore.data)) { process in
                let next = try await Shore(
                    process: process,
                    database: shore.database,
                    data: shore.data,
                    pool: shore.pool,
                    superuser: shore.superuser
                )
                #expect(
                    try await next.call(Self.path + "/1/half", token: token).status == 404
                )
                try await eventually("what was left is collected", timeout: .seconds(240)) {
                    Self.files(shore.data).count == 1
                }
                #expect(try await next.call(Self.path + "/1/kept", token: token).body == "kept")
                let rows = try await next.look(
                    "SELECT count(*)::text AS value FROM hawser.artifact_blobs"
                )
                #expect(rows == ["1"])
            }
        }
    }

    @Test func `an upload that comes slowly is taken, and one that stops is not`() async throws {
        try await Shore.lend { shore in
            let tenant = try await shore.makeTenant("acme")
            let token = try await shore.makeToken(tenant, role: .operator)
            func begin(_ name: String, _ length: Int) async throws -> WireClient {
                let client = try await WireClient.connect(
                    port: shore.apiPort,
                    authority: shore.authority
                )
                let head =
                    "PUT \(Self.path)/1/\(name) HTTP/1.1\r\nHost: localhost\r\n"
                    + "Authorization: Bearer \(token)\r\nContent-Length: \(length)\r\n\r\n"
                client.send(Array(head.utf8))
                return client
            }
            // At 30 kB/s, less where the machine is loaded, for longer than the patience with a body
            // that does not come.
            let slow = try await begin("slow", 900_000)
            let stopped = try await begin("stopped", 2_000_000_000)
            defer {
                slow.close()
                stopped.close()
            }
            for _ in 0..<30 {
                slow.send([UInt8](repeating: 1, count: 30_000))
                stopped.send([1])
                try await Task.sleep(for: .seconds(1))
            }
            try await eventually("the slow one is answered") { !slow.received.isEmpty }
            #expect(String(decoding: slow.received, as: UTF8.self).hasPrefix("HTTP/1.1 200"))
            try await eventually("the other is cut off", timeout: .seconds(240)) {
                stopped.isClosed
            }
            #expect(try await shore.call(Self.path + "/1/stopped", token: token).status == 404)
        }
    }
}

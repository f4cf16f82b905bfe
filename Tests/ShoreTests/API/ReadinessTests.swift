import FleetTestSupport
import Foundation
import Testing

/// The database goes away under a running server and comes back.
@Suite(.timeLimit(.minutes(10)))
struct ReadinessTests {
    /// The embedded cluster is ours to stop.
    private func control(_ command: String, _ data: String) async throws {
        let cluster = try #require(
            TemporaryDirectory.names(in: data).map { "\(data)/\($0)" }.first {
                FileManager.default.fileExists(atPath: "\($0)/PG_VERSION")
            }
        )
        let version = try String(contentsOfFile: "\(cluster)/PG_VERSION", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let program = "/usr/lib/postgresql/\(version)/bin/pg_ctl"
        let words = [program] + command.split(separator: " ").map(String.init) + ["-D", cluster]
        let owner = try FileManager.default.attributesOfItem(atPath: cluster)[.ownerAccountName]
        let isRoot = getuid() == 0
        let user = owner as? String ?? "postgres"
        let arguments = isRoot ? ["-u", user, "--"] + words : Array(words.dropFirst())
        try await withProcess(isRoot ? "runuser" : program, arguments) { process in
            let status = try await process.waitForExit()
            try #require(status.isSuccess, "\(process.standardError)\(process.standardOutput)")
        }
    }

    @Test func `readyz says 503 while PostgreSQL is stopped, and 200 again after`() async throws {
        try await withTemporaryDirectory { data in
            chmod(data, 0o755)
            let runner = ProcessRunner(
                try Products.path("core-server"),
                [
                    "serve", "--data", data, "--listen", "127.0.0.1:0", "--sync-listen",
                    "127.0.0.1:0",
                ]
            )
            try await withProcess(runner) { process in
                try await process.waitForLine(containing: "serving:", timeout: .seconds(180))
                let port = try Self.port(data)
                func status(_ path: String) async throws -> Int {
                    try await APICall(path: path).answer(port: port, data: data).status
                }
                #expect(try await status("/readyz") == 200)
                try await control("stop -m immediate -w", data)
                try await eventually("it is not ready") { try await status("/readyz") == 503 }
                #expect(try await status("/healthz") == 200)
                let report = try await APICall(
                    path: "/api/v1/fleet/report",
                    headers: ["Authorization: Bearer hwt.1.1.\(String(repeating: "A", count: 43))"]
                ).answer(port: port, data: data)
                #expect([500, 503].contains(report.status))
                #expect(report.problem != nil)
                try await control("start -w -s -l /dev/null", data)
                try await eventually("it is ready again") { try await status("/readyz") == 200 }
                process.send(SIGTERM)
                #expect(try await process.waitForExit().isSuccess)
            }
        }
    }

    private static func port(_ data: String) throws -> Int {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: data + "/endpoints.json"))
        return try #require(
            try JSONDecoder().decode([String: Endpoint].self, from: bytes)["api"]?.port
        )
    }
}

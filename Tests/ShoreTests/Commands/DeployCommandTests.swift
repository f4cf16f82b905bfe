import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// Deployments from a terminal.
@Suite(.shore, .timeLimit(.minutes(10)))
struct DeployCommandTests {
    private struct Plan: Decodable {
        struct Summary: Decodable {
            struct Totals: Decodable {
                let bytes: Int
                let estimates: Int
            }

            let totals: Totals
            let warnings: [String]
        }

        let id: Int
        let revision: Int
        let planDigest: String
        let plan: Summary

        init(_ text: String) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Self.self, from: Data(text.utf8))
        }
    }

    @Test func `a plan that waits for its deltas tells true bytes`() async throws {
        let shore = try Shore.current()
        let hawser = HawserProgram(shore)
        let tenant = try await shore.makeTenant("planners")
        let admin = try await shore.makeToken(tenant, role: .admin)
        _ = try await shore.makeShip("aurora", of: tenant)
        try await withTemporaryDirectory { folder in
            func run(_ words: String...) async throws -> String {
                let done = try await hawser(words: words, token: admin)
                #expect(done.status == .exited(0), "\(words): \(done.error)")
                return done.output
            }
            func write(_ text: String, _ path: String) throws {
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(path)"))
            }
            try FileManager.default.createDirectory(
                atPath: "\(folder)/in",
                withIntermediateDirectories: false
            )
            try write(String(repeating: "0123456789abcdef", count: 20_000), "in/rules")
            _ = try await run("bundles", "create", "name=agent")
            _ = try await run("bundles", "push", "agent", "\(folder)/in")
            try write(
                """
                {"name": "agent-1", "slot": "agent", "model": "agent", "model_version": 1,
                 "targets": {"ships": ["aurora"]}, "waves": [{"name": "all"}]}
                """,
                "plan.json"
            )
            let path = "\(folder)/plan.json"
            let first = try Plan(try await run("deploy", "plan", path, "--output", "json"))
            #expect(first.plan.totals.estimates == 1 && first.plan.totals.bytes == 320_000)
            #expect(first.plan.warnings.contains { $0.contains("estimate") })
            let waited = try Plan(
                try await run(
                    "deploy",
                    "plan",
                    path,
                    "--replacing",
                    "\(first.id)",
                    "--wait",
                    "2",
                    "--output",
                    "json"
                )
            )
            #expect(waited.plan.totals.estimates == 0 && waited.plan.totals.bytes < 32_000)
            #expect(waited.revision > first.revision && waited.planDigest != first.planDigest)
        }
    }
}

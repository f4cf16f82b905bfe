import FleetTestSupport
import Foundation

/// Somebody ashore with a token, who works with `hawser`.
struct Manager {
    let shore: Shore
    private let token: String

    init(_ shore: Shore, of tenant: String, role: String, named name: String) async throws {
        self.shore = shore
        token = try await shore.command(
            "token",
            "create",
            "--tenant",
            tenant,
            "--role",
            role,
            "--name",
            name
        )
    }

    /// - Returns: what it prints.
    /// - Throws: `EndToEndError` where it fails.
    @discardableResult
    func run(_ words: String...) async throws -> String {
        try await withProcess(runner(words)) { process in
            let status = try await process.waitForExit(timeout: .seconds(300))
            guard status == .exited(0) else {
                throw EndToEndError("hawser \(words): \(process.standardError)")
            }
            return process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// What it says on the way to failing; `nil` if it does not fail.
    func refusal(_ words: String...) async throws -> String? {
        try await withProcess(runner(words)) { process in
            let status = try await process.waitForExit(timeout: .seconds(300))
            return status == .exited(0) ? nil : process.standardError
        }
    }

    /// The same as JSON.
    func json<Value: Decodable>(_ words: [String], as type: Value.Type) async throws -> Value {
        let text = try await withProcess(runner(words + ["--output", "json"])) { process in
            let status = try await process.waitForExit(timeout: .seconds(300))
            guard status == .exited(0) else {
                throw EndToEndError("hawser \(words): \(process.standardError)")
            }
            return process.standardOutput
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(text.utf8))
    }

    private func runner(_ words: [String]) throws -> ProcessRunner {
        var environment = ProcessRunner.inherited.filter { !$0.key.hasPrefix("HAWSER_") }
        environment["HAWSER_URL"] = shore.apiURL
        environment["HAWSER_CA"] = "\(shore.data)/authority/ca.crt"
        environment["HAWSER_TOKEN"] = token
        // What looks for processes left behind knows them by this.
        environment["HAWSER_TEST_RUN"] = ProcessRunner.inherited["HAWSER_TEST_RUN"]
        return ProcessRunner(try Products.path("hawser"), words, environment: environment)
    }
}

import FleetTestSupport
import Foundation

/// `hawser`, as somebody with a token runs it against a shore.
struct HawserProgram {
    struct Outcome {
        let status: FleetTestSupport.ExitStatus
        let output: String
        let error: String
    }

    private let shore: Shore

    init(_ shore: Shore) { self.shore = shore }

    func callAsFunction(_ arguments: String..., token: String) async throws -> Outcome {
        try await callAsFunction(words: arguments, token: token)
    }

    /// - Parameters:
    ///   - words: the arguments.
    ///   - input: a file for standard input.
    func callAsFunction(
        words: [String],
        token: String,
        input: String? = nil
    ) async throws -> Outcome {
        var environment = ProcessRunner.inherited.filter { !$0.key.hasPrefix("HAWSER_") }
        environment["HAWSER_URL"] = "https://127.0.0.1:\(shore.apiPort)"
        environment["HAWSER_CA"] = "\(shore.data)/authority/ca.crt"
        environment["HAWSER_TOKEN"] = token
        let program = try Products.path("hawser")
        let runner =
            input.map { file in
                ProcessRunner(
                    "/bin/sh",
                    ["-c", #"program=$1; file=$2; shift 2; exec "$program" "$@" < "$file""#, "-"]
                        + [program, file] + words,
                    environment: environment
                )
            } ?? ProcessRunner(program, words, environment: environment)
        return try await withProcess(runner) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            return Outcome(
                status: status,
                output: process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines),
                error: process.standardError.trimmingCharacters(in: .whitespacesAndNewlines)
            )
        }
    }
}

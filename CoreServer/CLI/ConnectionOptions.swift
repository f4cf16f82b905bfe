import ArgumentParser
import FleetRuntime
import Foundation

/// Where the shore is, and who asks.
struct ConnectionOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(help: "https://HOST:PORT of the shore's API (HAWSER_URL).")
    var server: String?

    @Option(help: "PEM of the authority that the shore's certificate is from (HAWSER_CA).")
    var ca: String?

    @Option(
        help:
            "A file with the API token, or - for standard input (HAWSER_TOKEN_FILE, HAWSER_TOKEN)."
    )
    var tokenFile: String?

    @Option(help: "For operators of the installation: the company that is meant (HAWSER_TENANT).")
    var tenant: String?

    @Option(help: "Why: it stands in the audit.")
    var reason: String?

    @Option(name: [.short, .long], help: "table, for people, or json, for programs.")
    var output = Output.table

    /// Lends a client, and closes it.
    func withClient<Result: Sendable>(
        _ body: (ShoreClient) async throws -> Result
    ) async throws -> Result {
        guard let server = server ?? Self.variable("HAWSER_URL") else {
            throw CommandError("no shore is named", hint: "give --server or set HAWSER_URL")
        }
        let client = try ShoreClient(
            server: server,
            authorityFile: ca ?? Self.variable("HAWSER_CA"),
            token: try token(),
            tenant: tenant ?? Self.variable("HAWSER_TENANT"),
            reason: reason
        )
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    private func token() throws -> String {
        let text: String
        if let file = tokenFile ?? Self.variable("HAWSER_TOKEN_FILE") {
            guard file != "-" else {
                guard let line = readLine() else { throw CommandError("there is no token") }
                return line.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let path = NSString(string: file).expandingTildeInPath
            guard let read = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw CommandError("\(path) can't be read: it should hold an API token")
            }
            text = read
        } else if let given = Self.variable("HAWSER_TOKEN") {
            text = given
        } else {
            throw CommandError(
                "no token is given",
                hint: "set HAWSER_TOKEN_FILE, or give --token-file"
            )
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw CommandError("where the token should be is nothing") }
        return token
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

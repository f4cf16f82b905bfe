import ArgumentParser
import FleetRuntime
import Glibc
import NIOHTTP1

/// `hawser tenants delete`.
struct DeleteTenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a tenant with all that is stored of it; nothing brings it back.",
        discussion: """
            Its keys go first: what was sealed under them can't be read from then on, its people and \
            ships don't get in any more. Then every row goes. What remains is in the audit of the \
            installation. Export what is to be kept before: GET /api/v1/tenant/export.

            The name has to be given twice: typed when it is asked for, or after --yes.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "Which.")
    var name: String

    @Option(help: "The name once more, so that nothing is asked.")
    var yes: String?

    func run() async throws {
        guard try confirmation() == name else {
            throw CommandError("nothing is deleted: that is not the name \(name)")
        }
        let path = Resources.Tenants.path(of: name)
        let answer = try await connection.withClient { client in
            let known = try await client.ask(.GET, path)
            return try await client.ask(
                .DELETE,
                path,
                version: known.headers.first(name: "etag")
            )
        }
        StandardStreams.out(
            answer.status == 202
                ? "tenant \(name) is locked out and its keys are gone; the rest is being erased"
                : "tenant \(name) is deleted"
        )
    }

    /// What was typed, or given.
    private func confirmation() throws -> String? {
        if let yes { return yes }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandError(
                "nothing is deleted without the name once more",
                hint: "--yes \(name)"
            )
        }
        StandardStreams.error("all of tenant \(name) will be gone. Type its name to go on:")
        return readLine()
    }
}

import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The tenant's keys for what is kept encrypted.",
        subcommands: [List.self, Rotate.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Which keys there are.")

        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let answer = try await connection.withClient { try await $0.ask(.GET, "keys").json }
            guard connection.output == .table else {
                return StandardStreams.out(answer.prettyText)
            }
            let columns = ["number", "created_at", "retired_at"]
            let rows = (answer["items"]?.items ?? []).map { item in
                columns.map { item[$0]?.cell ?? "–" }
            }
            StandardStreams.out(
                TextTable(headings: ["key", "created", "retired"], rows: rows).text
            )
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Encrypt under a new key from now on, and what there is anew."
        )

        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let answer = try await connection.withClient {
                try await $0.ask(.POST, "keys/rotation", body: .object([:])).json
            }
            Details.show(answer, connection.output)
        }
    }
}

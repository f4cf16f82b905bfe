import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser me`.
struct MeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "me",
        abstract: "Who the token is, and what it may do."
    )

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let me = try await connection.withClient { try await $0.ask(.GET, "me").json }
        Details.show(me, connection.output)
    }
}

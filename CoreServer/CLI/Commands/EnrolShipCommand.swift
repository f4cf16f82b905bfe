import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser ships enrol`.
struct EnrolShipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Print a one-time token with which the ship's agent enrols.",
        discussion: "Give it to: ship-agent enrol --server URL --token-file FILE"
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The ship's name.")
    var name: String

    func run() async throws {
        let path = "\(Resources.Ships.path(of: name))/enrolment-tokens"
        let answer = try await connection.withClient {
            try await $0.ask(.POST, path, body: .object([:])).json
        }
        guard connection.output == .table, let token = answer["token"]?.string else {
            return StandardStreams.out(answer.prettyText)
        }
        StandardStreams.out(token)
    }
}

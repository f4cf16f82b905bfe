import ArgumentParser
import NIOHTTP1

/// `hawser deploy show`.
struct ShowDeploymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One deployment, and what its plan comes to."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    func run() async throws {
        let answer = try await connection.withClient {
            try await $0.ask(.GET, DeployCommand.path(of: deployment)).json
        }
        try PlanText.show(answer, connection.output)
    }
}

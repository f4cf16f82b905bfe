import ArgumentParser
import FleetRuntime

/// `hawser deploy retry`.
struct RetryDeploymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Give the order again to ships that failed, refused or were called off."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    @Argument(help: "Ships; all where none is named.")
    var ships: [String] = []

    func run() async throws {
        try await DeploymentAnswer.show(
            deployment,
            "retry",
            ["ships": .array(ships.map { .string($0) })],
            connection
        )
    }
}

import ArgumentParser
import FleetRuntime

/// `hawser deploy resume`.
struct ResumeDeploymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on after a pause, or after a gate held or stopped a wave."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    @Flag(help: "Take waves that a gate stopped or held for finished; say why by --reason.")
    var accept = false

    func run() async throws {
        try await DeploymentAnswer.show(
            deployment,
            "resume",
            ["accept": .boolean(accept)],
            connection
        )
    }
}

import ArgumentParser

/// `hawser deploy start`, `pause` and `roll-back`.
struct SteerDeploymentCommand<Step: DeploymentStep>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Step.command, abstract: Step.about)
    }

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    func run() async throws {
        try await DeploymentAnswer.show(deployment, Step.verb, [:], connection)
    }
}

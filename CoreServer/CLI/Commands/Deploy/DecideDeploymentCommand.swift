import ArgumentParser
import FleetRuntime

/// `hawser deploy approve` and `hawser deploy deny`.
struct DecideDeploymentCommand<Decision: DeploymentDecision>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Decision.verb, abstract: Decision.about)
    }

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number: \"hawser deploy list state=waiting_for_approval\".")
    var deployment: Int

    @Option(help: "The digest of the plan that you looked at.")
    var plan: String

    @Option(help: "Why.")
    var comment: String = ""

    func run() async throws {
        try await DeploymentAnswer.show(
            deployment,
            Decision.verb,
            ["plan_digest": .string(plan), "comment": .string(comment)],
            connection
        )
    }
}

import ArgumentParser
import FleetRuntime
import Logging
import ShipDeploy
import ShipLink
import ShipStore

/// `ship-agent apply`.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Take orders and artifacts from a folder, such as a stick that came aboard.",
        discussion: """
            The folder holds the same signed directives (*.directive) and the same bytes (deltas/, \
            trees/) as would come over the link. They are taken by the same rules; the agent that \
            runs does what they order. See: ship-agent deployments
            """
    )

    @Option(help: "The agent's YAML file.")
    var config: String

    @Argument(help: "The folder.")
    var folder: String

    func run() async throws {
        LogSetup.bootstrap(level: .warning, format: .text)
        let configuration = try ShipAgentConfiguration(file: config)
        let credentials = try ShipCredentials.load(from: configuration.data)
        let store = try ShipStore(directory: configuration.data, create: false)
        let service = DeploymentService(
            configuration.deployment.configuration,
            ship: credentials.identity,
            store: store,
            logger: Logger(label: "ship-agent")
        )
        let lines = try await service.apply(folder: folder)
        for line in lines { StandardStreams.out("\(line.file): \(line.text)") }
        if lines.isEmpty { throw CommandError("\(folder) has nothing that this ship was to take") }
        let refused = lines.filter { !$0.isTaken }.count
        if refused > 0 { throw CommandError("\(refused) of \(lines.count) were not taken") }
    }
}

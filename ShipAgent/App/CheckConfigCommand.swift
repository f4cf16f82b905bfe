import ArgumentParser
import FleetRuntime

/// `ship-agent check-config`.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check the agent's file without starting anything."
    )

    @Option(help: "The agent's YAML file.")
    var config: String

    func run() async throws {
        let configuration = try ShipAgentConfiguration(file: config)
        let count = configuration.targets.count
        StandardStreams.out(
            "ok: data \(configuration.data), \(count) target\(count == 1 ? "" : "s")"
        )
    }
}

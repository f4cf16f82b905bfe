import ArgumentParser

/// `ship-agent` and its subcommands.
struct ShipAgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship-agent",
        abstract: "The ship's side of Hawser: collects, stores, and forwards when the link is up.",
        discussion: """
            A ship's first day:

              ship-agent enrol --data /var/lib/hawser-ship --server https://SHORE:8443 --token-file FILE
              ship-agent run --config /etc/hawser/agent.yaml
              ship-agent status --data /var/lib/hawser-ship
            """,
        version: ShipAgentVersion.text,
        subcommands: [
            EnrolCommand.self, RunCommand.self, StatusCommand.self, CheckConfigCommand.self,
            ReplayCommand.self, ApplyCommand.self, DeploymentsCommand.self, FactsCommand.self,
        ]
    )
}

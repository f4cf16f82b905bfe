import ArgumentParser

/// `hawser deploy events`.
struct DeploymentEventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "What happened to a deployment, its waves and its ships, in order."
    )

    private static let columns = [
        Column("at", "at"), Column("kind", "what"), Column("wave", "wave"), Column("ship", "ship"),
        Column("from", "from"), Column("to", "to"), Column("actor", "by"),
        Column("reason", "reason"),
    ]

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    func run() async throws {
        let path = "\(DeployCommand.path(of: deployment))/events"
        try await ItemList.show(path, [], Self.columns, connection)
    }
}

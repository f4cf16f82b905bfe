import ArgumentParser

/// `hawser deploy ships`.
struct DeploymentShipsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ships",
        abstract: "A deployment's ships: what each needs, what it costs, how far it has come.",
        discussion: Fields.help(
            [
                Field("wave", "a wave's number"),
                Field("state", "soaking, succeeded, failed_rolled_back, awaiting_reconnect …"),
            ],
            "Filters"
        )
    )

    private static let columns = [
        Column("ship", "ship"), Column("wave", "wave"), Column("state", "state"),
        Column("method", "how"), Column("bytes", "bytes"), Column("estimated", "at most"),
        Column("bytes_with_retries", "with retries"), Column("cost_micros", "cost (millionths)"),
        Column("currency", "of"), Column("sent", "sent"),
        Column("p50_seconds", "half the times (s)"),
        Column("p90_seconds", "9 of 10 (s)"), Column("reason", "reason"),
    ]

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    @Argument(help: "NAME=VALUE: only those.")
    var filters: [String] = []

    func run() async throws {
        let path = "\(DeployCommand.path(of: deployment))/ships"
        try await ItemList.show(path, filters, Self.columns, connection)
    }
}

import ArgumentParser

/// `hawser deploy list`.
struct ListDeploymentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Deployments, the newest first.",
        discussion: Fields.help(
            [Field("state", "waiting_for_approval, ready, running, paused, stopped, finished …")],
            "Filters"
        )
    )

    private static let columns = [
        Column("id", "id"), Column("name", "deployment"), Column("model", "model"),
        Column("model_version", "version"), Column("slot", "slot"), Column("state", "state"),
        Column("created_by", "by"), Column("created_at", "at"), Column("reason", "reason"),
    ]

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "NAME=VALUE: only those.")
    var filters: [String] = []

    func run() async throws {
        try await ItemList.show(DeployCommand.path, filters, Self.columns, connection)
    }
}

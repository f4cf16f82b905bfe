import ArgumentParser

/// `hawser deploy revocations`.
struct ListRevocationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revocations",
        abstract: "Versions that are revoked altogether, the newest first."
    )

    private static let columns = [
        Column("model", "model"), Column("model_version", "version"),
        Column("severity", "severity"), Column("ships_waiting", "to be told"),
        Column("ships_told", "told"), Column("revoked_by", "by"), Column("revoked_at", "at"),
        Column("reason", "reason"),
    ]

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await ItemList.show("revocations", [], Self.columns, connection)
    }
}

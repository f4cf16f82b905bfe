import ArgumentParser

/// `hawser aliases`.
struct AliasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aliases",
        abstract: "Aliases of a model or a bundle, with the gates before each.",
        discussion: "To move one: \"hawser promote MODEL VERSION ALIAS\"."
    )

    private static let columns = [
        Column("alias", "alias"), Column("version", "version"), Column("gates", "gates"),
    ]

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The model's or bundle's name.")
    var model: String

    func run() async throws {
        try await ItemList.show(
            "\(Resources.Models.path(of: model))/aliases",
            [],
            Self.columns,
            connection
        )
    }
}

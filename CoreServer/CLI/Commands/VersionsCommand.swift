import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser versions`.
struct VersionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions",
        abstract: "Versions of a model or a bundle.",
        discussion: """
              hawser versions list pump stage=Production
              hawser versions show pump 7                  # with its files, sizes and digests
            """,
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    static func path(of model: String) -> String {
        "\(Resources.Models.path(of: model))/versions"
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Versions of a model, the newest first.",
            discussion: Fields.help(
                [Field("stage", "None, Staging, Production or Archived")],
                "Filters"
            )
        )

        private static let columns = [
            Column("version", "version"), Column("aliases", "aliases"), Column("stage", "stage"),
            Column("created_by", "by"), Column("created_at", "at"), Column("run_id", "run"),
            Column("description", "description"),
        ]

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "The model's or bundle's name.")
        var model: String

        @Argument(help: "NAME=VALUE: only those.")
        var filters: [String] = []

        func run() async throws {
            try await ItemList.show(
                VersionsCommand.path(of: model),
                filters,
                Self.columns,
                connection
            )
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "One version, with what its manifest says of its files."
        )

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "The model's or bundle's name.")
        var model: String

        @Argument(help: "The version's number.")
        var version: Int

        func run() async throws {
            let path = "\(VersionsCommand.path(of: model))/\(version)"
            let (shown, manifest) = try await connection.withClient { client in
                // One whose files are elsewhere has no manifest.
                (
                    try await client.ask(.GET, path).json,
                    try await BundleManifest.find(path, client)
                )
            }
            guard connection.output == .table else {
                guard case .object(var members) = shown else { return }
                members["manifest"] = manifest?.json ?? .null
                return StandardStreams.out(JSONValue.object(members).prettyText)
            }
            Details.show(shown, .table)
            guard let manifest else { return }
            let rows = manifest.files.map { ["\($0.size)", $0.sha256, $0.path] }
            StandardStreams.out("")
            StandardStreams.out(TextTable(headings: ["bytes", "sha-256", "file"], rows: rows).text)
        }
    }
}

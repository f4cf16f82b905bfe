import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser webhooks deliveries`.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "What a webhook was told, is to be told, and was not: the newest 200."
    )

    private static let columns = [
        Column("number", "number"), Column("event", "event"), Column("state", "state"),
        Column("attempts", "attempts"), Column("last_status", "status"),
        Column("last_error", "error"), Column("created_at", "at"), Column("due_at", "next"),
    ]

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The webhook's id.")
    var webhook: String

    @Option(help: "waiting, delivered or dead.")
    var state: String?

    @Option(help: "The number of a delivery that is over: begin it anew.")
    var retry: Int?

    func run() async throws {
        let path = "\(Resources.Webhooks.path(of: webhook))/deliveries"
        let (retry, state) = (retry, state)
        let items = try await connection.withClient { client in
            if let retry {
                return [try await client.ask(.POST, "\(path)/\(retry)/retry").json]
            }
            let query = [("limit", "200")] + (state.map { [("state", $0)] } ?? [])
            return try await client.ask(.GET, path, query: query).json["items"]?.items ?? []
        }
        guard connection.output == .table else {
            return StandardStreams.out(JSONValue.array(items).prettyText)
        }
        let rows = items.map { item in Self.columns.map { item[$0.member]?.cell ?? "–" } }
        StandardStreams.out(TextTable(headings: Self.columns.map(\.heading), rows: rows).text)
    }
}

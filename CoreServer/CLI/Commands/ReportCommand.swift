import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "How the fleet, or one ship, is doing."
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "1h, 24h, 7d or 30d.")
    var range = "24h"

    @Argument(help: "A ship's name; the fleet where none is given.")
    var ship: String?

    func run() async throws {
        let path = ship.map { "\(Resources.Ships.path(of: $0))/report" } ?? "fleet/report"
        let isJSON = connection.output == .json
        let answer = try await connection.withClient {
            try await $0.ask(
                .GET,
                path,
                query: [("range", range), ("format", isJSON ? "json" : "text")],
                accept: isJSON ? "application/json" : "text/plain"
            )
        }
        StandardStreams.out(answer.text)
    }
}

import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser usage`.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "What was used, by day, as CSV or JSON, for billing."
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The first day: 2026-11-01.")
    var from: String?

    @Option(help: "The day after the last.")
    var to: String?

    func run() async throws {
        let range = [("from", from), ("to", to)].compactMap { name, value in
            value.map { (name, $0) }
        }
        let format = connection.output == .json ? "json" : "csv"
        let answer = try await connection.withClient {
            try await $0.ask(
                .GET,
                "usage",
                query: range + [("format", format)],
                accept: format == "json" ? "application/json" : "text/csv"
            )
        }
        StandardStreams.out(answer.text.trimmingSuffix { $0.isNewline })
    }
}

extension String {
    fileprivate func trimmingSuffix(while isEnd: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isEnd(last) { text = text.dropLast() }
        return String(text)
    }
}

import ArgumentParser
import FleetRuntime
import Glibc
import NIOHTTP1

/// `hawser deploy watch`.
struct WatchDeploymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow a deployment until it is over.",
        discussion: """
            For people: a bar for each wave (█ succeeded, ▓ activated, ▒ coming, ░ told, ✗ failed). With \
            --output json: everything that happens, from the beginning, a line of JSON each.
            """
    )

    /// How many events the shore is asked for at once.
    private static let page = 200

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    @Option(help: "Seconds between two looks.")
    var interval: Double = 2

    func validate() throws {
        guard interval >= 0.1, interval <= 3600 else {
            throw ValidationError("--interval is 0.1 to 3600 seconds")
        }
    }

    func run() async throws {
        try await connection.withClient { client in
            let path = DeployCommand.path(of: deployment)
            switch connection.output {
            case .table: try await showBars(path, client)
            case .json: try await tellEvents(path, client)
            }
        }
    }

    private static func isOver(_ deployment: JSONValue) -> Bool {
        ["finished", "stopped", "approval_denied"].contains(deployment["state"]?.string ?? "")
    }

    private func showBars(_ path: String, _ client: ShoreClient) async throws {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var shown: [String] = []
        while true {
            let found = try await client.ask(.GET, path).json
            let waves = try await client.ask(.GET, "\(path)/waves").json
            let lines = WaveBars(deployment: found, waves: waves["items"]?.items ?? []).lines
            if lines != shown {
                // On a terminal the bars stay where they are.
                let up = isTerminal && !shown.isEmpty ? "\u{1B}[\(shown.count)A\u{1B}[J" : ""
                StandardStreams.out(up + lines.joined(separator: "\n"))
                shown = lines
            }
            if Self.isOver(found) { return }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    private func tellEvents(_ path: String, _ client: ShoreClient) async throws {
        var cursor: String?
        while true {
            // Looked at before the events: what led to the end is told.
            let found = try await client.ask(.GET, path).json
            var count: Int
            repeat {
                let query = cursor.map { [("cursor", $0)] } ?? []
                let events =
                    try await client.ask(
                        .GET,
                        "\(path)/events",
                        query: query + [("limit", "\(Self.page)")]
                    ).json["items"]?.items ?? []
                for event in events { StandardStreams.out(event.text) }
                if let last = events.last?["id"] { cursor = last.cell }
                count = events.count
            } while count == Self.page
            if Self.isOver(found) { return }
            try await Task.sleep(for: .seconds(interval))
        }
    }
}

import ArgumentParser
import FleetModel
import FleetRuntime
import Logging
import ShipDomain
import ShipStore

/// `ship-agent replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Feed recorded scrapes in as if they had been scraped at their recorded times.",
        discussion: """
            One JSON object a line: {"t": unix milliseconds, "us": microseconds the request took, \
            "b": "exposition text"}, or "e": "reason" for a scrape that failed; plain, xz or zstd. \
            The file's name up to .jsonl is the job. A replay that was interrupted goes on where it \
            was; one that is finished is not repeated. The agent may run meanwhile.
            """
    )

    @Option(help: "The directory of the store.")
    var data = "/var/lib/hawser-ship"

    @Option(parsing: .upToNextOption, help: "Files of recorded scrapes.")
    var scrapes: [String]

    @Option(help: "The label 'instance' of every series.")
    var instance = "replay"

    @Option(help: "Recorded seconds that go into one segment, 1 to 3600.")
    var segmentSeconds = 60

    func run() async throws {
        LogSetup.bootstrap(level: .warning, format: .text)
        guard (1...3600).contains(segmentSeconds) else {
            throw CommandError("--segment-seconds is 1 to 3600, not \(segmentSeconds)")
        }
        guard !scrapes.isEmpty else { throw CommandError("--scrapes names at least one file") }
        let store = try ShipStore(directory: data, create: false)
        let replayer = Replayer(
            store: store,
            instance: instance,
            segmentLength: .seconds(segmentSeconds),
            logger: Logger(label: "ship-agent")
        )
        for path in scrapes {
            let summary = try await replayer.replay(path)
            if summary.wasFinished {
                StandardStreams.out("\(path): in the store already")
                continue
            }
            let resumed = summary.skippedLines > 0 ? ", after \(summary.skippedLines) earlier" : ""
            StandardStreams.out(
                "\(path): \(summary.samples) samples from \(summary.scrapes) scrapes\(resumed)"
            )
        }
    }
}

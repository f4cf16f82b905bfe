import ArgumentParser
import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport

/// The metrics codec alone: bytes, time and memory by how many series a ship has.
struct CodecBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec",
        abstract:
            "Cost per sample of the metrics codec, from a hundred series to a hundred thousand.",
        discussion: """
            Fleets of any size are made of a recording: a small one takes every n-th series, a large \
            one has copies of every target, each begun at another scrape. Times are processor time \
            of one thread.
            """
    )

    @Option(help: "A directory of recorded scrapes.")
    var scrapes = Fixtures.path("Scrapes15s")

    @Option(help: "Recorded seconds that go into one segment.")
    var segmentSeconds = 60

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    private static let sizes = [100, 1000, 10_000, 100_000]

    func run() async throws {
        guard (1...3600).contains(segmentSeconds) else {
            throw CommandError("--segment-seconds is 1 to 3600, not \(segmentSeconds)")
        }
        let recording = try Recording(directory: scrapes)
        let runs = try Self.sizes.map { size in
            try CodecRun(
                FleetMultiplier(recording, seriesCount: size).batches,
                segmentLength: .seconds(segmentSeconds)
            )
        }
        var table = WireTable(
            title: "codec: \(scrapes), \(segmentSeconds) s a segment, by the number of series",
            columns: Self.sizes.map { Figures.text(Double($0), decimals: 0) }
        )
        func add(_ name: String, decimals: Int, _ value: (CodecRun) -> Double) {
            table.add(name, runs.map { value($0) }, decimals: decimals)
        }
        add("series", decimals: 0) { Double($0.seriesCount) }
        add("samples", decimals: 0) { Double($0.samples) }
        add("bytes a sample", decimals: 3) { Double($0.bytes) / Double($0.samples) }
        add("encode, ns a sample", decimals: 1) { $0.encoding / Double($0.samples) * 1e9 }
        add("decode, ns a sample", decimals: 1) { $0.decoding / Double($0.samples) * 1e9 }
        add("million samples encoded a second", decimals: 1) {
            Double($0.samples) / $0.encoding / 1e6
        }
        add("million samples decoded a second", decimals: 1) {
            Double($0.samples) / $0.decoding / 1e6
        }
        add("kept between segments, bytes a series", decimals: 0) {
            Double($0.contextBytes) / Double($0.seriesCount)
        }
        StandardStreams.out(json ? table.json : table.text)
    }
}

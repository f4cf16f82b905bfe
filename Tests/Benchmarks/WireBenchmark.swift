import ArgumentParser
import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport

/// What a sample costs on the link, by what the bytes are spent on, beside other formats.
struct WireBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wire",
        abstract: "Bytes per sample on the link, for any recorded scrapes, beside other formats.",
        discussion: """
            Every file NAME.jsonl, plain, xz or zstd, in the directory is a scrape target; all of \
            them share a segment, as aboard. Counted for Hawser are one session's hello and state, \
            the catalogue, the segments, frame headers, acknowledgements, and 22 bytes of TLS for \
            each record. The TLS handshake is not: it is once a connection, about 3 kB. Of the other \
            formats only the compressed bodies are counted, without HTTP. Remote write is shown as \
            Prometheus sends it (every sample with its labels, 2,000 a request, whatever the length \
            of segments), and at its best: one request a segment, each series' samples together.
            With --segment-seconds, Hawser's own bytes in detail instead of the table.
            """
    )

    @Argument(help: "A directory of recorded scrapes.")
    var directory: String?

    @Option(help: "The same.")
    var scrapes: String?

    @Option(help: "Recorded seconds that go into one segment, for the details.")
    var segmentSeconds: Int?

    @Flag(help: "Other formats at zstd's level 19 as well, which takes minutes.")
    var thorough = false

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        let directory = directory ?? scrapes ?? Fixtures.path("Scrapes15s")
        if let segmentSeconds {
            guard (1...3600).contains(segmentSeconds) else {
                throw CommandError("--segment-seconds is 1 to 3600, not \(segmentSeconds)")
            }
            let recording = try Recording(directory: directory)
            let run = try WireRun(recording, segmentLength: .seconds(segmentSeconds))
            figures(run, recording, directory, segmentSeconds).print(json: json)
            return
        }
        let recording = try Recording(directory: directory, keepingTexts: true)
        let comparison = WireComparison(recording: recording, isThorough: thorough)
        let tables = try comparison.tables(title: "wire: \(directory)")
        StandardStreams.out(
            json ? tables[0].json : tables.map(\.text).joined(separator: "\n\n")
        )
    }

    private func figures(
        _ run: WireRun,
        _ recording: Recording,
        _ directory: String,
        _ segmentSeconds: Int
    ) -> Figures {
        let account = run.account
        let samples = Double(account.samples)
        var figures = Figures(
            title: "wire: \(directory), \(segmentSeconds) s a segment, bytes per sample"
        )
        figures.add("bytes_per_sample", account.total / samples, decimals: 4, note: "everything")
        figures.add("segments_bytes_per_sample", account.metrics / samples, decimals: 4)
        figures.add("catalogue_bytes_per_sample", account.catalogue / samples, decimals: 4)
        figures.add("frames_bytes_per_sample", account.framing / samples, decimals: 4)
        figures.add("acks_bytes_per_sample", account.acknowledgements / samples, decimals: 4)
        figures.add("session_bytes_per_sample", account.session / samples, decimals: 4)
        figures.add("tls_bytes_per_sample", account.tls / samples, decimals: 4)
        figures.add("samples", samples)
        figures.add("series", Double(recording.definitions.count))
        figures.add("segments", Double(account.segments))
        figures.add("bytes", account.total)
        figures.add("text_bytes_per_sample", Double(recording.textBytes) / samples, decimals: 1)
        figures.add(
            "encode_samples_per_second",
            run.rate(run.encoding),
            note: "of processor time"
        )
        figures.add(
            "decode_samples_per_second",
            run.rate(run.decoding),
            note: "of processor time"
        )
        return figures
    }
}

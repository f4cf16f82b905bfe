import ArgumentParser
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries

/// What a sample costs on the link, by what the bytes are spent on.
struct WireBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wire",
        abstract: "Bytes per sample on the link, for any recorded scrapes.",
        discussion: """
            Every file NAME.jsonl, plain, xz or zstd, in the directory is a scrape target; all of \
            them share a segment, as aboard. Counted are one session's hello and state, the \
            catalogue, the segments, frame headers, acknowledgements, and 22 bytes of TLS for each \
            record. The TLS handshake is not: it is once a connection, about 3 kB.
            """
    )

    @Option(help: "A directory of recorded scrapes.")
    var scrapes: String

    @Option(help: "Recorded seconds that go into one segment.")
    var segmentSeconds = 60

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        guard (1...3600).contains(segmentSeconds) else {
            throw CommandError("--segment-seconds is 1 to 3600, not \(segmentSeconds)")
        }
        let recording = try Recording(directory: scrapes)
        var account = WireAccount()
        var encoder = MetricsSegmentEncoder()
        var chain = Chain()
        let started = ContinuousClock.now
        var encoding = Duration.zero
        var defined = 0
        for window in recording.windows(of: .seconds(segmentSeconds)) {
            let needed = Int(window.flatMap(\.numbers).map(\.rawValue).max() ?? 0) + 1
            if needed > defined {
                let fresh = Array(recording.definitions[defined..<needed])
                account.addCatalogue(try CatalogueSegment.encode(fresh))
                defined = needed
            }
            let before = ContinuousClock.now
            let segments = try Self.seal(window[...], &encoder, &chain)
            encoding += ContinuousClock.now - before
            for segment in segments { account.addMetrics(segment) }
        }
        account.addSession(lanes: 3)
        figures(account, recording, encoding, ContinuousClock.now - started).print(json: json)
    }

    /// Segments are predicted from the one before, as aboard, and every 64th stands alone.
    private struct Chain {
        var context: SegmentContext?
        var length = 0
    }

    private static func seal(
        _ batches: ArraySlice<SampleBatch>,
        _ encoder: inout MetricsSegmentEncoder,
        _ chain: inout Chain
    ) throws -> [SealedSegment] {
        do {
            let predecessor = chain.length < 64 ? chain.context : nil
            let (segment, context) = try encoder.encode(
                Array(batches),
                predictedFrom: predecessor
            )
            chain = Chain(context: context, length: predecessor == nil ? 1 : chain.length + 1)
            return [segment]
        } catch {
            guard error.isSplittable, batches.count > 1 else {
                throw error
            }
            let middle = batches.startIndex + batches.count / 2
            return try seal(batches[..<middle], &encoder, &chain)
                + seal(batches[middle...], &encoder, &chain)
        }
    }

    private func figures(
        _ account: WireAccount,
        _ recording: Recording,
        _ encoding: Duration,
        _ total: Duration
    ) -> Figures {
        let samples = Double(account.samples)
        var figures = Figures(
            title: "wire: \(scrapes), \(segmentSeconds) s a segment, bytes per sample"
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
            samples / encoding.inSeconds,
            note: "wall time, one core"
        )
        return figures
    }
}

extension SegmentError {
    fileprivate var isSplittable: Bool { code == .tooLarge || code == .aboveLimit }
}

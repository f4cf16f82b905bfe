import ArgumentParser
import FleetModel
import FleetRuntime
import FleetSeries

/// What thinned samples cost on the link, rung by rung.
struct RollupBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollup",
        abstract: "Bytes per row of thinned samples, rung by rung, against the raw samples.",
        discussion: """
            Every file NAME.jsonl, plain, xz or zstd, in the directory is a scrape target. The whole \
            recording is thinned to each rung, as a ship does with what its budget doesn't hold, and \
            compared with the same samples in backlog segments, which stand alone.
            """
    )

    @Option(help: "A directory of recorded scrapes.")
    var scrapes: String

    @Option(help: "Recorded seconds that go into one raw segment.")
    var segmentSeconds = 3600

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        guard (1...7200).contains(segmentSeconds) else {
            throw CommandError("--segment-seconds is 1 to 7200, not \(segmentSeconds)")
        }
        let recording = try Recording(directory: scrapes)
        var figures = Figures(title: "rollup: \(scrapes)")
        var raw = 0
        var samples = 0
        var segments: [MetricsSegment] = []
        for window in recording.windows(of: .seconds(segmentSeconds)) {
            let sealed = try Self.seal(window[...])
            for segment in sealed {
                raw += segment.bytes.count
                samples += segment.recordCount
                segments.append(try MetricsSegmentDecoder.decode(segment.bytes[...]))
            }
        }
        figures.add("samples", Double(samples))
        figures.add("raw_bytes_per_sample", Double(raw) / Double(samples), decimals: 4)
        let counters = Set(recording.definitions.filter(\.isCumulative).map(\.number))
        var previous = raw
        for rung in Rung.allCases.dropFirst() {
            let started = ContinuousClock.now
            var builder = RollupBuilder(rung: rung) { counters.contains($0) }
            var rows: [RollupRow] = []
            for segment in segments {
                if builder.rowCount > RollupBuilder.rowLimit / 2 { rows += builder.finish() }
                try builder.add(segment)
            }
            rows += builder.finish()
            let building = ContinuousClock.now - started
            let bytes = try Self.bytes(rows, rung)
            figures.add("\(rung)_rows", Double(rows.count))
            figures.add("\(rung)_bytes_per_row", Double(bytes) / Double(rows.count), decimals: 3)
            figures.add("\(rung)_share_of_raw", Double(bytes) / Double(raw), decimals: 4)
            figures.add("\(rung)_share_of_finer", Double(bytes) / Double(previous), decimals: 4)
            figures.add(
                "\(rung)_samples_per_second",
                Double(samples) / building.inSeconds,
                note: "thinned, wall time, one core"
            )
            previous = bytes
            guard rung != .counts else { continue }
            for (name, kind) in [("gauge", Kind.gauge), ("counter", .counter), ("still", .still)] {
                let some = rows.filter { Kind(of: $0) == kind }
                guard !some.isEmpty else { continue }
                let bytes = Double(try Self.bytes(some, rung))
                figures.add(
                    "\(rung)_\(name)_bytes_per_row",
                    bytes / Double(some.count),
                    decimals: 3,
                    note: "\(some.count) rows"
                )
            }
        }
        figures.print(json: json)
    }

    private enum Kind {
        case gauge, counter, still

        init(of row: RollupRow) {
            self =
                switch row.content {
                case .values(let values) where values.isConstant: .still
                case .values(let values): values.counter == nil ? .gauge : .counter
                case .count: .still
                }
        }
    }

    private static func bytes(_ rows: [RollupRow], _ rung: Rung) throws -> Int {
        try RollupSegment.seal(rows, rung: rung).reduce(0) { $0 + $1.bytes.count }
    }

    private static func seal(_ batches: ArraySlice<SampleBatch>) throws -> [SealedSegment] {
        do {
            var encoder = MetricsSegmentEncoder()
            return [try encoder.encode(Array(batches))]
        } catch {
            guard error.code == .tooLarge || error.code == .aboveLimit, batches.count > 1 else {
                throw error
            }
            let middle = batches.startIndex + batches.count / 2
            return try seal(batches[..<middle]) + seal(batches[middle...])
        }
    }
}

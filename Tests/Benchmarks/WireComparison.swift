import FleetModel
import FleetSeries

/// Hawser and other formats on the same samples, for several lengths of segments, in one run.
struct WireComparison {
    let recording: Recording
    let isThorough: Bool

    private struct Column {
        let name: String
        let length: Duration
    }

    /// Lengths of which the recording has at least two and that hold more than one scrape, and the
    /// whole recording in one segment.
    private var columns: [Column] {
        let usual: [(String, Duration)] = [
            ("10 s", .seconds(10)), ("60 s", .seconds(60)), ("10 min", .seconds(600)),
            ("1 h", .seconds(3600)),
        ]
        var columns =
            usual
            .filter { $0.1 > recording.interval && $0.1 < recording.span }
            .map { Column(name: $0.0, length: $0.1) }
        if recording.span <= Limits.segmentSpan {
            // Windows begin at multiples of their length since 1970; no recording crosses this one.
            let century = Duration.seconds(4_000_000_000)
            columns.append(Column(name: "whole", length: century))
        }
        return columns
    }

    func tables(title: String) throws -> [WireTable] {
        let columns = columns
        let minutes = recording.span.inSeconds / 60
        let interval = Figures.text(recording.interval.inSeconds, decimals: 0)
        let description =
            "\(recording.definitions.count) series every \(interval) s for "
            + "\(Figures.text(minutes, decimals: 0)) min, bytes per sample by length of segments"
        var table = WireTable(title: "\(title), \(description)", columns: columns.map(\.name))
        try addHawser(to: &table, columns)
        try addPeers(to: &table, columns)
        var recorded = WireTable(
            title: "recorded elsewhere on this project's recordings, not measured in this run",
            columns: RecordedPeers.columns
        )
        for row in RecordedPeers.rows { recorded.add(row.name, row.bytesPerSample, decimals: 2) }
        return [table, recorded]
    }

    private func addHawser(to table: inout WireTable, _ columns: [Column]) throws {
        let runs = try columns.map { try WireRun(recording, segmentLength: $0.length) }
        func add(_ name: String, decimals: Int = 3, _ value: (WireRun) -> Double) {
            table.add(name, runs.map { value($0) }, decimals: decimals)
        }
        func perSample(_ bytes: Double, _ run: WireRun) -> Double {
            bytes / Double(run.account.samples)
        }
        add("Hawser, everything") { perSample($0.account.total, $0) }
        add("  segments") { perSample($0.account.metrics, $0) }
        add("  catalogue, once in a ship's life") { perSample($0.account.catalogue, $0) }
        add("  frames, acks, session, TLS records") {
            perSample($0.account.total - $0.account.metrics - $0.account.catalogue, $0)
        }
        add("  million samples encoded a second", decimals: 1) { $0.rate($0.encoding) / 1e6 }
        add("  million samples decoded a second", decimals: 1) { $0.rate($0.decoding) / 1e6 }
    }

    private var packers: [(name: String, pack: ([UInt8]) throws -> [UInt8])] {
        [("snappy", Snappy.compress), ("zstd-3", { try Zstd.compress($0, level: 3) })]
    }

    private func addPeers(to table: inout WireTable, _ columns: [Column]) throws {
        let peers = PeerRequests(definitions: recording.definitions)
        let samples = Double(recording.batches.reduce(0) { $0 + $1.numbers.count })
        func add(_ name: String, _ bodies: (Column) throws -> [Int]) throws {
            let values = try columns.map { Double(try bodies($0).reduce(0, +)) / samples }
            table.add(name, values, decimals: 3)
        }
        for (version, body) in [("1", peers.first), ("2", peers.second)] {
            let bodies = peers.asSent(recording.batches, body)
            for (name, pack) in packers {
                let bytes = try bodies.reduce(0) { $0 + (try pack($1).count) }
                let value = Double(bytes) / samples
                table.add(
                    "Prometheus remote write \(version) as sent, \(name)",
                    columns.map { _ in value },
                    decimals: 3
                )
            }
        }
        let first = columns.map { recording.windows(of: $0.length).map(peers.first) }
        let second = columns.map { recording.windows(of: $0.length).map(peers.second) }
        func addWrite(
            _ name: String,
            _ requests: [[[UInt8]]],
            _ pack: ([UInt8]) throws -> [UInt8]
        )
            throws
        {
            let values = try requests.map { bodies in
                Double(try bodies.reduce(0) { $0 + (try pack($1).count) }) / samples
            }
            table.add(name, values, decimals: 3)
        }
        let levels: [Int32] = isThorough ? [3, 19] : [3]
        try addWrite("Prometheus remote write 1 at its best, snappy", first, Snappy.compress)
        for level in levels {
            try addWrite("Prometheus remote write 1 at its best, zstd-\(level)", first) {
                try Zstd.compress($0, level: level)
            }
        }
        try addWrite("Prometheus remote write 2 at its best, snappy", second, Snappy.compress)
        for level in levels {
            try addWrite("Prometheus remote write 2 at its best, zstd-\(level)", second) {
                try Zstd.compress($0, level: level)
            }
        }
        for level in levels {
            try add("exposition text, zstd-\(level)") { column in
                try recording.textWindows(of: column.length).map { texts in
                    try Zstd.compress(Array(texts.map(\.bytes).joined()), level: level).count
                }
            }
        }
        for level: Int32 in [3, 9] {
            let stream = try ZstdStream(level: level)
            for batch in recording.batches { try stream.send(peers.json(batch)) }
            let value = Double(stream.byteCount) / samples
            table.add(
                "JSON through one long-lived zstd-\(level) stream",
                columns.map { _ in value },
                decimals: 3
            )
        }
    }
}

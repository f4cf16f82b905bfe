import ArgumentParser
import FleetModel
import FleetRuntime
import FleetSeries
import ShipDomain

/// Bytes a log record on the link, beside zstd on the same lines.
struct LogBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Bytes a log record takes in a segment, beside zstd -19 of the same lines."
    )

    @Argument(help: "Files with one syslog line each line, with or without its priority.")
    var files: [String]

    @Option(help: "Records of one segment.")
    var records = 2000

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        guard (1...60_000).contains(records) else {
            throw CommandError("--records is 1 to 60000, not \(records)")
        }
        guard !files.isEmpty else { throw CommandError("name a file of log lines") }
        var figures = Figures(title: "Log records in segments of \(records)")
        for file in files { try measure(file, &figures) }
        figures.print(json: json)
    }

    private func measure(_ file: String, _ figures: inout Figures) throws {
        let text = try AtomicFile.read(file, limit: 256 << 20)
        let lines = text.split(separator: 0x0A).map(Array.init)
        guard !lines.isEmpty else { throw CommandError("\(file) holds no line") }
        let parser = SyslogParser(messageLimit: Limits.logMessageBytes)
        let start = Timestamp(milliseconds: 1_795_254_788_000)
        var (sealed, packed, raw) = (0, 0, 0)
        var (sealing, opening) = (Duration.zero, Duration.zero)
        var next = 0
        while next < lines.count {
            let part = lines[next..<min(next + records, lines.count)]
            let batch = part.enumerated().map { index, line in
                // Files name no priority; without one nothing of a line is understood.
                let message = line.first == 0x3C ? line : Array("<30>".utf8) + line
                let at = start + .milliseconds(Int64(next + index) * 777)
                return parser.record(message, from: "host", at: at)
            }
            let before = ContinuousClock.now
            let segment = try LogSegment.encode(batch)
            sealing += ContinuousClock.now - before
            let after = ContinuousClock.now
            guard try LogSegment.decode(segment.bytes[...]) == batch else {
                throw CommandError("\(file): what was sealed does not come out again")
            }
            opening += ContinuousClock.now - after
            sealed += segment.bytes.count
            let joined = Array(part.joined(separator: [0x0A]))
            packed += try Zstd.compress(joined, level: 19).count
            raw += joined.count + 1
            next += records
        }
        let count = Double(lines.count)
        let name = file.split(separator: "/").last.map(String.init) ?? file
        figures.add("\(name)_records", count)
        figures.add(
            "\(name)_line_bytes",
            Double(raw) / count,
            decimals: 1,
            note: "a record, as text"
        )
        figures.add("\(name)_zstd19_bytes", Double(packed) / count, decimals: 2, note: "a record")
        figures.add("\(name)_segment_bytes", Double(sealed) / count, decimals: 2, note: "a record")
        figures.add("\(name)_sealed_per_second", count / sealing.inSeconds, note: "records")
        figures.add("\(name)_opened_per_second", count / opening.inSeconds, note: "records")
    }
}

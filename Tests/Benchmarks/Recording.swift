import FleetModel
import FleetRuntime
import Glibc
import ShipDomain

/// A directory of recorded scrapes as the batches that an agent would have collected.
struct Recording {
    private(set) var batches: [SampleBatch] = []
    private(set) var definitions: [SeriesDefinition] = []
    private(set) var textBytes = 0

    init(directory: String) throws {
        let paths = try Self.files(in: directory)
        guard !paths.isEmpty else {
            throw CommandError("\(directory) holds no .jsonl files of recorded scrapes")
        }
        for (index, path) in paths.enumerated() { try read(path, group: UInt32(index + 1)) }
        batches.sort { $0.at < $1.at }
    }

    static func files(in directory: String) throws -> [String] {
        guard let folder = opendir(directory) else {
            throw FileError("read", directory)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.contains(".jsonl") { names.append(name) }
        }
        return names.sorted().map { "\(directory)/\($0)" }
    }

    private mutating func read(_ path: String, group: UInt32) throws {
        var scrapes = try RecordedScrapes(path: path)
        var session = ScrapeSession(
            target: ScrapeTarget(
                group: group,
                job: RecordedScrapes.jobName(ofPath: path),
                instance: "recorded"
            )
        )
        while let scrape = try scrapes.next() {
            let outcome =
                switch scrape.result {
                case .body(let body):
                    try session.scraped(body, contentType: nil, at: scrape.at) { define($0) }
                case .failure(let reason):
                    try session.failed(at: scrape.at, reason: reason) { define($0) }
                }
            if case .body(let body) = scrape.result { textBytes += body.count }
            batches.append(contentsOf: outcome.batches)
        }
    }

    private mutating func define(
        _ series: [(labels: LabelSet, kind: SeriesKind)]
    ) -> [SeriesNumber] {
        series.map { labels, kind in
            let number = SeriesNumber(UInt32(definitions.count))
            definitions.append(SeriesDefinition(number: number, labels: labels, kind: kind))
            return number
        }
    }

    /// The batches of each interval of `length`, in order.
    func windows(of length: Duration) -> [[SampleBatch]] {
        var windows: [[SampleBatch]] = []
        var slot: Timestamp?
        for batch in batches {
            let start = batch.at.floored(to: length)
            if start != slot {
                windows.append([])
                slot = start
            }
            windows[windows.count - 1].append(batch)
        }
        return windows
    }
}

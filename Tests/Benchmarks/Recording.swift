import FleetModel
import FleetRuntime
import Glibc
import ShipDomain

/// A directory of recorded scrapes as the batches that an agent would have collected.
struct Recording {
    private(set) var batches: [SampleBatch] = []
    private(set) var definitions: [SeriesDefinition] = []
    private(set) var textBytes = 0
    /// The scrapes as they were served, if they were asked for: hundreds of megabytes may be.
    private(set) var texts: [Text] = []
    private let keepsTexts: Bool

    struct Text {
        let at: Timestamp
        let bytes: [UInt8]
    }

    init(directory: String, keepingTexts: Bool = false) throws {
        keepsTexts = keepingTexts
        let paths = try Self.files(in: directory)
        guard !paths.isEmpty else {
            throw CommandError("\(directory) holds no .jsonl files of recorded scrapes")
        }
        for (index, path) in paths.enumerated() { try read(path, group: UInt32(index + 1)) }
        batches.sort { $0.at < $1.at }
        texts.sort { $0.at < $1.at }
    }

    /// From the first scrape to the last.
    var span: Duration {
        guard let first = batches.first, let last = batches.last else { return .zero }
        return last.at - first.at
    }

    /// The median time from one scrape of a target to its next.
    var interval: Duration {
        var lastOf: [UInt32: Timestamp] = [:]
        var intervals: [Duration] = []
        for batch in batches {
            if let last = lastOf[batch.group], batch.at > last { intervals.append(batch.at - last) }
            lastOf[batch.group] = batch.at
        }
        intervals.sort()
        return intervals.isEmpty ? .zero : intervals[intervals.count / 2]
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
            if case .body(let body) = scrape.result {
                textBytes += body.count
                if keepsTexts { texts.append(Text(at: scrape.at, bytes: body)) }
            }
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
        Self.windows(batches, of: length) { $0.at }
    }

    /// The texts of the same intervals.
    func textWindows(of length: Duration) -> [[Text]] {
        Self.windows(texts, of: length) { $0.at }
    }

    static func windows<Element>(
        _ elements: [Element],
        of length: Duration,
        at: (Element) -> Timestamp
    ) -> [[Element]] {
        var windows: [[Element]] = []
        var slot: Timestamp?
        for element in elements {
            let start = at(element).floored(to: length)
            if start != slot {
                windows.append([])
                slot = start
            }
            windows[windows.count - 1].append(element)
        }
        return windows
    }
}

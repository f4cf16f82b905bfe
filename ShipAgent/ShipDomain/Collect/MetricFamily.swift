import FleetModel

/// What a `# TYPE` line declares, and which of the series after it are meant.
struct MetricFamily {
    /// Where the family's name stands in the body, without quotation marks.
    let name: Range<Int>
    let kind: SeriesKind

    /// The kind of a series, by its name: the family's for the name itself and the names that the
    /// kind derives from it (`…_bucket`, `…_total`), `.unknown` for all others.
    func kind(ofName series: Range<Int>, in bytes: Span<UInt8>) -> SeriesKind {
        guard series.count >= name.count, bytes.holds(bytes, name, at: series.lowerBound) else {
            return .unknown
        }
        if series.count == name.count { return kind }
        let start = series.lowerBound + name.count
        var suffix: [UInt8] = []
        for index in start..<min(series.upperBound, start + Self.longestSuffix + 1) {
            suffix.append(bytes[index])
        }
        let isMeant = suffixes.contains { suffix.elementsEqual($0.utf8) }
        return isMeant ? kind : .unknown
    }

    private static let longestSuffix = "_created".utf8.count

    private var suffixes: [String] {
        switch kind {
        case .counter: ["_total", "_created"]
        case .histogram: ["_bucket", "_sum", "_count", "_created"]
        case .gaugeHistogram: ["_bucket", "_gsum", "_gcount"]
        case .summary: ["_sum", "_count", "_created"]
        case .info: ["_info"]
        case .gauge, .stateSet, .unknown: []
        }
    }
}

import FleetModel

/// The types of metrics as far as version 1 tells them: in messages of their own, which may come
/// long after the series' first sample.
struct MetricFamilies: Sendable {
    private var kinds: [String: SeriesKind] = [:]

    mutating func note(_ families: [(name: String, kind: SeriesKind)]) {
        for (name, kind) in families where kind != .unknown {
            guard kinds.count < RemoteWriteLimits.families || kinds[name] != nil else { return }
            kinds[name] = kind
        }
    }

    /// What the series of this name is. Where nobody said so, the ending that OpenMetrics demands
    /// of counters tells, and the label that buckets have.
    func kind(of labels: LabelSet) -> SeriesKind {
        let name = labels.name
        if let kind = kinds[name] { return kind }
        for ending in ["_bucket", "_count", "_sum", "_total", "_created", "_info"]
        where name.hasSuffix(ending) {
            if let kind = kinds[String(name.dropLast(ending.count))] { return kind }
        }
        if name.hasSuffix("_total") { return .counter }
        if name.hasSuffix("_bucket"), labels["le"] != nil { return .histogram }
        return .unknown
    }
}

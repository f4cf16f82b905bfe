import FleetRuntime

/// What the shore counts about ingest. No tenant's or ship's name is a label here: `/metrics` is
/// open to whoever runs the server.
package struct IngestMetrics: Sendable {
    package let samples: Counter
    package let segments: Counter
    package let segmentBytes: Counter
    package let quarantined: Counter
    package let refused: Counter
    package let commits: Counter
    package let commitSeconds: Histogram
    package let ledgerDifferences: Counter

    package init(_ registry: MetricsRegistry) {
        samples = registry.counter(
            "hawser_ingest_records_total",
            help: "Records committed, by lane.",
            labels: ["lane"]
        )
        segments = registry.counter(
            "hawser_ingest_segments_total",
            help: "Segments committed, by lane.",
            labels: ["lane"]
        )
        segmentBytes = registry.counter(
            "hawser_ingest_segment_bytes_total",
            help: "Bytes of committed segments, by lane.",
            labels: ["lane"]
        )
        quarantined = registry.counter(
            "hawser_ingest_quarantined_segments_total",
            help: "Segments set aside because they could not be decoded, by reason.",
            labels: ["reason"]
        )
        refused = registry.counter(
            "hawser_ingest_refused_records_total",
            help:
                "Samples dropped ashore because a limit of their tenant keeps them out, by limit.",
            labels: ["limit"]
        )
        refused.increment(by: 0, Quota.Limit.series.rawValue)
        commits = registry.counter(
            "hawser_ingest_commits_total",
            help: "Ingest transactions committed."
        )
        ledgerDifferences = registry.counter(
            "hawser_ledger_differences_total",
            help: "Differences found between a ship's account and the shore's, by kind.",
            labels: ["kind"]
        )
        for kind in LedgerDifference.Kind.allCases {
            ledgerDifferences.increment(by: 0, kind.rawValue)
        }
        commitSeconds = registry.histogram(
            "hawser_ingest_commit_seconds",
            help: "Time of one ingest transaction, retries included.",
            buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]
        )
    }

    func note(_ differences: [LedgerDifference.Kind]) {
        for kind in differences { ledgerDifferences.increment(kind.rawValue) }
    }
}

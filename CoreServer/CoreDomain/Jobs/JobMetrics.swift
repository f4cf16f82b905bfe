import FleetRuntime

/// What the shore counts about its jobs; no tenant is named.
package struct JobMetrics: Sendable {
    package let runs: Counter
    package let seconds: Histogram
    package let compactedSamples: Counter
    package let compactedBytes: Counter
    package let compactedRollups: Counter
    package let deletedRows: Counter

    package init(_ registry: MetricsRegistry) {
        runs = registry.counter(
            "hawser_jobs_total",
            help: "Runs of jobs, by kind and outcome (succeeded, failed, lost).",
            labels: ["kind", "outcome"]
        )
        seconds = registry.histogram(
            "hawser_job_seconds",
            help: "Time of one run of a job.",
            buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300]
        )
        compactedSamples = registry.counter(
            "hawser_compaction_samples_total",
            help: "Samples moved from blocks into chunks."
        )
        compactedBytes = registry.counter(
            "hawser_compaction_bytes_total",
            help: "Bytes of what compaction read (before) and wrote (after).",
            labels: ["side"]
        )
        compactedRollups = registry.counter(
            "hawser_compaction_rollups_total",
            help: "Rollups of one series and interval moved into chunks."
        )
        deletedRows = registry.counter(
            "hawser_retention_deleted_rows_total",
            help: "Blocks, chunks and rollups deleted because their time was over."
        )
    }
}

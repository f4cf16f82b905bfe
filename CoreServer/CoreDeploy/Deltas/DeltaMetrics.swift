import FleetRuntime

/// What the shore counts about deltas; no tenant is named.
package struct DeltaMetrics: Sendable {
    let built: Counter
    let bytes: Counter

    package init(_ registry: MetricsRegistry) {
        built = registry.counter(
            "hawser_deltas_total",
            help: "Deltas that were made for ships, by what came of it (ready, failed).",
            labels: ["result"]
        )
        bytes = registry.counter(
            "hawser_delta_bytes_total",
            help: "Bytes of deltas that were made for ships."
        )
        for result in ["ready", "failed"] { built.increment(by: 0, result) }
        bytes.increment(by: 0)
    }
}

import FleetRuntime

/// What the shore counts about forwarding, by target.
package struct ForwardingMetrics: Sendable {
    package let samples: Counter
    package let refused: Counter
    package let retries: Counter
    package let waiting: Gauge

    package init(_ registry: MetricsRegistry) {
        samples = registry.counter(
            "hawser_forwarding_samples_total",
            help: "Samples that a target acknowledged; some may have been sent twice.",
            labels: ["target"]
        )
        refused = registry.counter(
            "hawser_forwarding_refused_samples_total",
            help: "Samples that a target refused for good (4xx), by status: it does not have them.",
            labels: ["target", "status"]
        )
        retries = registry.counter(
            "hawser_forwarding_retries_total",
            help: "Requests that a target did not take and that were sent again.",
            labels: ["target"]
        )
        waiting = registry.gauge(
            "hawser_forwarding_waiting",
            help: "1 while a target does not take requests, else 0.",
            labels: ["target"]
        )
    }
}

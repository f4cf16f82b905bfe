import FleetRuntime

/// What the listener counts. Labels are words of the program, never of a client.
package struct IntakeMetrics: Sendable {
    let requests: Counter
    let bytes: Counter
    let refusals: Counter
    let connections: Gauge
    let memory: Gauge

    package init(_ registry: MetricsRegistry) {
        requests = registry.counter(
            "hawser_intake_requests_total",
            help: "Requests answered, by route and status.",
            labels: ["route", "status"]
        )
        bytes = registry.counter(
            "hawser_intake_body_bytes_total",
            help: "Bytes of request bodies as sent, by route.",
            labels: ["route"]
        )
        refusals = registry.counter(
            "hawser_intake_refused_total",
            help: "Requests and connections that were not let in, by reason.",
            labels: ["reason"]
        )
        connections = registry.gauge(
            "hawser_intake_connections",
            help: "Connections to the listener now."
        )
        memory = registry.gauge(
            "hawser_intake_body_bytes_in_memory",
            help: "Bytes of request bodies in memory now."
        )
    }
}

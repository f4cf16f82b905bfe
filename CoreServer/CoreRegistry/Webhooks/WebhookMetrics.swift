import FleetRuntime

/// What the shore counts about webhooks; no tenant is named.
package struct WebhookMetrics: Sendable {
    let attempts: Counter
    let dead: Counter

    package init(_ registry: MetricsRegistry) {
        attempts = registry.counter(
            "hawser_webhook_attempts_total",
            help: "Attempts at delivering to webhooks, by outcome (delivered, failed).",
            labels: ["outcome"]
        )
        dead = registry.counter(
            "hawser_webhook_dead_deliveries_total",
            help: "Deliveries to webhooks that were given up: their receivers were not told."
        )
    }
}

import FleetRuntime

/// What the shore counts about artifacts; no tenant is named.
package struct ArtifactMetrics: Sendable {
    let bytes: Counter
    let deduplicated: Counter
    let collected: Counter
    let scrubbed: Counter
    let damaged: Counter

    package init(_ registry: MetricsRegistry) {
        bytes = registry.counter(
            "hawser_artifact_bytes_total",
            help: "Bytes of artifacts that went up or down.",
            labels: ["direction"]
        )
        deduplicated = registry.counter(
            "hawser_artifact_deduplicated_total",
            help: "Uploads whose content was stored already."
        )
        collected = registry.counter(
            "hawser_artifact_collected_total",
            help: "Files deleted from the artifact store, by why (released, orphan, unfinished).",
            labels: ["reason"]
        )
        scrubbed = registry.counter(
            "hawser_artifact_scrubbed_bytes_total",
            help:
                "Bytes of artifacts that were read again to see that they are as they were stored."
        )
        damaged = registry.counter(
            "hawser_artifact_damaged_total",
            help: "Artifacts found damaged or missing in the store: upload them again."
        )
        for direction in ["up", "down"] { bytes.increment(by: 0, direction) }
        for reason in ["released", "orphan", "unfinished", "upload"] {
            collected.increment(by: 0, reason)
        }
        damaged.increment(by: 0)
    }
}

import FleetProtocol
import FleetRuntime

/// What the sync port counts. No ship's or tenant's name is a label.
package struct SyncMetrics: Sendable {
    let sessions: Gauge
    let opened: Counter
    let refusals: Counter
    let errors: Counter
    let frames: Counter
    let wastedBytes: Counter
    let bytes: Counter

    package init(_ registry: MetricsRegistry) {
        sessions = registry.gauge("hawser_sync_sessions", help: "Ships connected now.")
        opened = registry.counter("hawser_sync_sessions_opened_total", help: "Sessions opened.")
        refusals = registry.counter(
            "hawser_sync_refused_handshakes_total",
            help: "Connections refused for their certificate, by reason.",
            labels: ["reason"]
        )
        errors = registry.counter(
            "hawser_sync_session_errors_total",
            help: "Sessions ended for an error, by its name.",
            labels: ["error"]
        )
        for code in ProtocolError.Code.all { errors.declareSeries(code.name) }
        frames = registry.counter(
            "hawser_sync_frames_total",
            help: "Frames received, by kind.",
            labels: ["kind"]
        )
        wastedBytes = registry.counter(
            "hawser_sync_wasted_payload_bytes_total",
            help: "Payload that came although the shore had it, or out of its place."
        )
        bytes = registry.counter(
            "hawser_sync_bytes_total",
            help: "Bytes on the sync port as TLS carries them, by direction.",
            labels: ["direction"]
        )
    }
}

import FleetRuntime
import NIOCore
import NIOHTTP1

extension IntakeRoute {
    /// `GET /metrics`: what the agent counts, for a Prometheus aboard or for the agent itself.
    package static func metrics(_ registry: MetricsRegistry) -> IntakeRoute {
        IntakeRoute(.GET, "/metrics", bodyLimit: 0) { _ in
            IntakeResponse(
                .ok,
                headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8"],
                body: ByteBuffer(string: registry.exposition())
            )
        }
    }

    /// `GET /healthz`: whether the agent answers.
    package static var health: IntakeRoute {
        IntakeRoute(.GET, "/healthz", bodyLimit: 0) { _ in IntakeResponse(.ok, text: "ok\n") }
    }
}

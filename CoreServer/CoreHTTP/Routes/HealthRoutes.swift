import CoreDomain
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Whether the process lives, whether it can serve, and what it counts. Open to all: none of it
/// names a tenant or a ship.
struct HealthRoutes: Sendable {
    let registry: MetricsRegistry
    let health: DatabaseHealth

    func add(to router: Router<APIContext>) {
        router.get("healthz") { _, _ in Self.text("ok\n") }
        // Where MLflow's clients look.
        router.get("health") { _, _ in Self.text("OK") }
        router.get("version") { _, _ in Self.text(ServerInfoRoutes.version) }
        router.get("readyz") { _, _ in
            guard let trouble = await health.trouble() else { return Self.text("ok\n") }
            return Self.text("\(trouble)\n", status: .serviceUnavailable)
        }
        router.get("metrics") { _, _ in
            var response = Self.text(registry.exposition())
            response.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            return response
        }
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

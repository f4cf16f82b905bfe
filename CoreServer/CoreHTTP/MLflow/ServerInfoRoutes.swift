import CoreDomain
import CoreRegistry
import HTTPTypes
import Hummingbird

/// What this server can do, as MLflow's clients ask it.
struct ServerInfoRoutes: Sendable {
    /// Of MLflow, whose API this is.
    static let version = "3.17.2"

    func add(to router: inout EndpointRouter) {
        router.on(
            .mlflow("getServerInfo", .get, "server-info", .experimentsRead, root: .mlflow3)
        ) { _ in
            .object([
                ("store_type", .string("SqlStore")), ("workspaces_enabled", .boolean(false)),
                ("multipart_uploads_enabled", .boolean(true)),
                ("multipart_downloads_enabled", .boolean(true)),
            ])
        }
    }
}

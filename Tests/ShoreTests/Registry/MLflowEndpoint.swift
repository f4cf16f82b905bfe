import CoreDomain
import Testing

/// One of MLflow's calls, as the server's own document lists them.
struct MLflowEndpoint: Sendable {
    let operation: String
    let method: String
    /// From the root, with `{names}` and `**`.
    let path: String
    /// None where the URL itself is the credential.
    let permission: Permission?

    static func all(_ shore: Shore) async throws -> [MLflowEndpoint] {
        let document = try await shore.call("/openapi.json").json
        let listed = try #require(document["x-mlflow"] as? [[String: Any]])
        return try listed.map { entry in
            MLflowEndpoint(
                operation: try #require(entry["operation"] as? String),
                method: try #require(entry["method"] as? String),
                path: try #require(entry["path"] as? String),
                permission: try (entry["permission"] as? String).map {
                    try #require(Permission(rawValue: $0))
                }
            )
        }
    }
}

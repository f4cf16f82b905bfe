import CoreDomain
import Foundation
import Testing

/// An endpoint as the server's own document tells of it.
struct DocumentedEndpoint: Sendable {
    let operation: String
    let method: String
    /// Below `/api/v1`, with `{names}`.
    let path: String
    /// `open`, `authenticated`, `tenant`, `ships` or `ship`.
    let access: String
    let permission: Permission?

    static func all(_ shore: Shore) async throws -> [DocumentedEndpoint] {
        let document = try await shore.call("/openapi.json").json
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        return try paths.flatMap { path, operations in
            try operations.map { method, value in
                let operation = try #require(value as? [String: Any])
                return DocumentedEndpoint(
                    operation: try #require(operation["operationId"] as? String),
                    method: method.uppercased(),
                    path: path,
                    access: try #require(operation["x-access"] as? String),
                    permission: try (operation["x-permission"] as? String).map {
                        try #require(Permission(rawValue: $0))
                    }
                )
            }
        }.sorted { $0.operation < $1.operation }
    }
}

import CoreDomain
import CoreRegistry
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird
import NIOCore

/// A request to one of MLflow's endpoints, whoever sent it let in and its fields read.
struct MLflowCall: Sendable {
    let request: Request
    let context: APIContext
    let fields: MLflowFields

    /// - Throws: `RegistryError` `invalid`.
    init(_ request: Request, _ context: APIContext, _ endpoint: Endpoint) async throws {
        self.context = context
        if let workspace = Self.workspace.flatMap({ request.headers[$0] }), !workspace.isEmpty {
            throw RegistryError.invalid(
                "there are no workspaces here: the token decides whose experiments and models are meant"
            )
        }
        guard request.method != .get && request.method != .head else {
            self.request = request
            fields = MLflowFields(query: request)
            return
        }
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: endpoint.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw RegistryError.invalid(
                "a request of this kind has at most \(endpoint.bodyLimit) bytes"
            )
        }
        // Nothing needs no type.
        let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
        guard body.readableBytes == 0 || type.lowercased() == "application/json" else {
            throw RegistryError.invalid(
                "Bad Request. Content-Type must be one of ['application/json']."
            )
        }
        fields = try MLflowFields(body: Array(body.readableBytesView))
        request.body = .init(buffer: ByteBuffer())
        self.request = request
    }

    private static let workspace = HTTPField.Name("X-MLFLOW-WORKSPACE")

    var tenant: TenantID {
        get throws { try context.caller.tenant }
    }

    /// Who changes what, why and when.
    func act(at now: Timestamp) throws -> Act {
        try context.act(request, at: now)
    }
}

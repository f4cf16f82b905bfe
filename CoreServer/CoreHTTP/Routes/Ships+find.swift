import CoreDomain
import Hummingbird

extension Ships {
    /// The caller's ship that a route's path names.
    func find(for context: APIContext) async throws -> Ship {
        try await find(tenant: context.caller.tenant, name: context.parameters.require("ship"))
    }
}

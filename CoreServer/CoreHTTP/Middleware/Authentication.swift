import CoreDomain
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Finds out who asks: by `Authorization: Bearer`, or by the cookie that signing in set.
struct Authentication: Sendable {
    let tokens: AccessTokens
    let tenants: Tenants
    let clock: WallClock
    private let known = PrincipalCache()

    init(tokens: AccessTokens, tenants: Tenants, clock: WallClock) {
        self.tokens = tokens
        self.tenants = tenants
        self.clock = clock
    }

    /// - Throws: `DomainError` `unauthenticated`.
    func principal(of request: Request) async throws -> Principal {
        guard let token = Self.token(of: request) else {
            throw DomainError(.unauthenticated, "a token is needed: Authorization: Bearer TOKEN")
        }
        let principal = try await known.principal(for: token) {
            try await tokens.principal(for: token, at: clock.now())
        }
        guard let name = Self.actingTenant.flatMap({ request.headers[$0] }) else {
            return principal
        }
        return try await acting(principal, in: name)
    }

    /// Which company an operator of the installation means.
    private static let actingTenant = HTTPField.Name("Hawser-Tenant")

    private func acting(_ principal: Principal, in name: String) async throws -> Principal {
        guard principal.home == .system else {
            // Naming one's own is no harm, another's no use: the tenant is the token's.
            guard try await tenants.name(of: principal.home) == name else {
                throw DomainError(.forbidden, "Hawser-Tenant is for operators of the installation")
            }
            return principal
        }
        let tenant = try await tenants.find(name: name)
        return principal.acting(in: tenant.id)
    }

    private static func token(of request: Request) -> String? {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
            return String(parts[1])
        }
        return SessionCookie.token(of: request)
    }
}

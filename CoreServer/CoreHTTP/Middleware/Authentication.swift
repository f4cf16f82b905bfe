import CoreDomain
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Finds out who asks: by `Authorization: Bearer`, or by the cookie that signing in set.
struct Authentication: Sendable {
    let tokens: AccessTokens
    let sessions: Sessions
    let tenants: Tenants
    let clock: WallClock
    private let known = PrincipalCache()

    init(tokens: AccessTokens, sessions: Sessions, tenants: Tenants, clock: WallClock) {
        self.tokens = tokens
        self.sessions = sessions
        self.tenants = tenants
        self.clock = clock
    }

    /// - Throws: `DomainError` `unauthenticated`; `forbidden` for a change with a cookie that does not
    ///   prove to come from a page of this server.
    func principal(of request: Request) async throws -> Principal {
        let principal = try await credential(of: request)
        guard let name = Self.actingTenant.flatMap({ request.headers[$0] }) else {
            return principal
        }
        return try await acting(principal, in: name)
    }

    private func credential(of request: Request) async throws -> Principal {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else {
                throw DomainError(.unauthenticated, "write Authorization: Bearer TOKEN")
            }
            let token = String(parts[1])
            return try await known.principal(for: token) {
                try await tokens.principal(for: token, at: clock.now())
            }
        }
        guard let cookie = SessionCookie.text(of: request) else {
            throw DomainError(.unauthenticated, "a token is needed: Authorization: Bearer TOKEN")
        }
        let principal = try await sessions.principal(for: cookie, at: clock.now())
        if request.method != .get && request.method != .head {
            try Self.checkChange(
                request,
                cookie: cookie,
                token: Self.changeToken.flatMap { request.headers[$0] }
            )
        }
        return principal
    }

    /// Whose session the cookie is, for the pages outside the API.
    ///
    /// - Parameter token: what the page's form brought back.
    func session(changing request: Request, token: String?) async throws -> Principal {
        guard let cookie = SessionCookie.text(of: request) else {
            throw DomainError(.unauthenticated, "nobody is signed in")
        }
        let principal = try await sessions.principal(for: cookie, at: clock.now())
        try Self.checkChange(request, cookie: cookie, token: token)
        return principal
    }

    private static func checkChange(
        _ request: Request,
        cookie: String,
        token: String?
    ) throws(DomainError) {
        try SameOrigin.check(request)
        guard let token, Sessions.isChangeToken(token, of: cookie) else {
            throw DomainError(
                .forbidden,
                "a change with a cookie needs the session's token in Hawser-CSRF: "
                    + "GET /api/v1/me/session tells it"
            )
        }
    }

    static let changeToken = HTTPField.Name("Hawser-CSRF")

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

    /// The text by which the caller is known: what only they can show again.
    static func secret(of request: Request) -> String? {
        guard let header = request.headers[.authorization] else {
            return SessionCookie.text(of: request)
        }
        return header.split(separator: " ", maxSplits: 1).last.map(String.init)
    }
}

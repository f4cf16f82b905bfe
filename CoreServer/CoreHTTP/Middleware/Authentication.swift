import CoreDomain
import FleetRuntime
import HTTPTypes
import Hummingbird

/// Finds out who asks: by `Authorization: Bearer`, or by the cookie that signing in set.
struct Authentication: RouterMiddleware {
    let tokens: AccessTokens
    let clock: WallClock

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let token = Self.token(of: request) {
            context.principal = try await tokens.principal(for: token, at: clock.now())
        }
        _ = try context.caller
        return try await next(request, context)
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

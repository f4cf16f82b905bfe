import CoreDomain
import FleetRuntime
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Passwords over the API.
struct PasswordRoutes: Sendable {
    private struct NewPassword: Decodable {
        let password: String
    }

    private struct OwnPassword: Decodable {
        let present_password: String
        let password: String
    }

    let people: PeopleServices
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.setPassword, use: set)
        router.on(.changePassword, use: change)
        router.on(.currentSession, use: session)
    }

    @Sendable private func set(_ request: Request, _ context: APIContext) async throws -> Response {
        let new = try await Self.body(NewPassword.self, of: request, "{\"password\": …}")
        try await people.passwords.set(
            new.password,
            of: try context.parameters.require("user"),
            in: try context.caller.tenant,
            at: clock.now(),
            for: context.change(request)
        )
        return Response(status: .noContent)
    }

    @Sendable private func change(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let asked = try await Self.body(
            OwnPassword.self,
            of: request,
            "{\"present_password\": …, \"password\": …}"
        )
        try await people.signIn.changePassword(
            from: asked.present_password,
            to: asked.password,
            by: context.caller,
            from: context.clientAddress,
            for: context.change(request)
        )
        return Response(status: .noContent)
    }

    @Sendable private func session(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        guard case .session = try context.caller.credential,
            let cookie = SessionCookie.text(of: request)
        else { throw DomainError(.notFound, "the caller has no session, and needs none") }
        return JSONText.object([("csrf_token", .string(Sessions.changeToken(of: cookie)))]).response
    }

    private static func body<Body: Decodable>(
        _ type: Body.Type,
        of request: Request,
        _ example: String
    ) async throws -> Body {
        let bytes = try await request.body.collect(upTo: 4096)
        guard let body = try? JSONDecoder().decode(type, from: Data(bytes.readableBytesView)) else {
            throw DomainError(.invalid, "the body is not \(example)")
        }
        return body
    }
}

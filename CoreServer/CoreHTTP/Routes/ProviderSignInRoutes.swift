import CoreDomain
import FleetIdentity
import FleetRuntime
import HTTPTypes
import Hummingbird
import Logging

/// A browser signs in at an identity provider.
struct ProviderSignInRoutes: Sendable {
    /// Sent along when the provider leads the browser back, so not Strict.
    private static let cookieName = "__Host-hawser-oidc"

    let oidc: OIDCSignIn
    let clock: WallClock

    func add(to router: Router<APIContext>) {
        router.get("sign-in/with/{provider}", use: start)
        router.get(RouterPath(String(OIDCSignIn.callback.dropFirst())), use: finish)
    }

    @Sendable private func start(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let pending = PendingSignIn(
            provider: try context.parameters.require("provider"),
            next: BrowserPages.localPath(request.uri.queryParameters["next"].map(String.init)),
            at: clock.now()
        )
        var response = BrowserPages.redirect(to: try await oidc.start(pending))
        response.headers[.setCookie] = Self.cookie(
            pending.cookie,
            seconds: PendingSignIn.lifetime.components.seconds
        )
        return response
    }

    @Sendable private func finish(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = request.uri.queryParameters
        let cookie = SessionCookie.value(of: Self.cookieName, request)
        guard let pending = cookie.flatMap(PendingSignIn.init(cookie:)),
            let state = query["state"].map(String.init)
        else { return refusal("This sign-in was not begun here. Begin again.", .unauthorized) }
        guard let code = query["code"].map(String.init) else {
            return refusal("The identity provider did not let you in.", .forbidden)
        }
        do {
            let session = try await oidc.finish(
                pending,
                code: code,
                state: state,
                issuer: query["iss"].map(String.init),
                from: context.clientAddress,
                requestID: "\(context.id)"
            )
            let path = BrowserPages.localPath(pending.next)
            let next = path == "/" ? SignInRoutes.home : path
            var response = BrowserPages.html(WelcomePage.render(next: next))
            if let refresh = HTTPField.Name("refresh") {
                response.headers[refresh] = "0; url=\(next)"
            }
            response.headers.append(
                HTTPField(name: .setCookie, value: SessionCookie.setting(session.text))
            )
            response.headers.append(
                HTTPField(name: .setCookie, value: Self.cookie("", seconds: 0))
            )
            return response
        } catch {
            guard let error = error as? DomainError else { throw error }
            context.logger.notice("a sign-in at an identity provider is refused: \(error)")
            switch error.code {
            case .forbidden: return refusal(error.message, .forbidden)
            case .unauthenticated: return refusal(error.message, .unauthorized)
            default: throw error
            }
        }
    }

    /// The sign-in page with the reason; the attempt is over.
    private func refusal(_ reason: String, _ status: HTTPResponse.Status) -> Response {
        let page = SignInPage.render(
            message: reason,
            next: "/",
            providers: oidc.providers.map { ($0.name, $0.label) }
        )
        var response = BrowserPages.html(page, status: status)
        response.headers[.setCookie] = Self.cookie("", seconds: 0)
        return response
    }

    private static func cookie(_ value: String, seconds: Int64) -> String {
        "\(cookieName)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=\(seconds)"
    }
}

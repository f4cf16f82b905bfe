import CoreDomain
import FleetRuntime
import HTTPTypes
import Hummingbird

/// A browser signs in with an API token, in a form over TLS: never in a URL.
struct SignInRoutes: Sendable {
    let tokens: AccessTokens
    let clock: WallClock

    func add(to router: Router<APIContext>) {
        router.get("/") { _, _ in BrowserPages.redirect(to: Self.home) }
        router.get("sign-in") { request, _ in
            let next = BrowserPages.localPath(request.uri.queryParameters["next"].map(String.init))
            return BrowserPages.html(SignInPage.render(message: nil, next: next))
        }
        router.post("sign-in", use: signIn)
        router.get("sign-out") { _, _ in
            var response = BrowserPages.redirect(to: "/sign-in")
            response.headers[.setCookie] = SessionCookie.clearing
            return response
        }
        router.get("assets/hawser.css") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=3600"],
                body: .init(byteBuffer: ByteBuffer(string: ReportStyle.css))
            )
        }
    }

    private static let home = "/api/v1/fleet/report?format=html"

    @Sendable private func signIn(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: 8 * 1024)
        let fields = FormFields(String(buffer: body))
        let next = BrowserPages.localPath(fields["next"])
        guard let token = fields["token"]?.filter({ !$0.isWhitespace }),
            (try? await tokens.principal(for: token, at: clock.now())) != nil
        else {
            let page = SignInPage.render(
                message: "This token is unknown, expired or revoked.",
                next: next
            )
            return BrowserPages.html(page, status: .unauthorized)
        }
        var response = BrowserPages.redirect(to: next == "/" ? Self.home : next)
        response.headers[.setCookie] = SessionCookie.setting(token)
        return response
    }
}

import CoreDomain
import FleetIdentity
import FleetRuntime
import HTTPTypes
import Hummingbird

/// A browser signs in with a password or an API token, in a form over TLS: never in a URL.
struct SignInRoutes: Sendable {
    let people: PeopleServices
    let authentication: Authentication
    let clock: WallClock

    func add(to router: Router<APIContext>) {
        router.get("/") { _, _ in BrowserPages.redirect(to: Self.home) }
        router.get("sign-in") { request, _ in
            let next = BrowserPages.localPath(request.uri.queryParameters["next"].map(String.init))
            return BrowserPages.html(
                SignInPage.render(message: nil, next: next, providers: providers)
            )
        }
        router.post("sign-in", use: signIn)
        router.get("sign-out") { request, _ in
            // Only asks: a link alone, which anybody can place anywhere, ends no session.
            let token = SessionCookie.text(of: request).map(Sessions.changeToken(of:))
            return BrowserPages.html(SignOutPage.render(token: token ?? ""))
        }
        router.post("sign-out", use: signOut)
        router.get("assets/hawser.css") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=3600"],
                body: .init(byteBuffer: ByteBuffer(string: ReportStyle.css))
            )
        }
    }

    static let home = "/api/v1/fleet/report?format=html"

    private var providers: [(name: String, label: String)] {
        (people.oidc?.providers ?? []).map { ($0.name, $0.label) }
    }

    @Sendable private func signIn(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        // Nobody is signed in by another site, as somebody else, without noticing.
        try SameOrigin.check(request)
        let body = try await request.body.collect(upTo: 8 * 1024)
        let fields = FormFields(String(buffer: body))
        let next = BrowserPages.localPath(fields["next"])
        let session: SecretToken
        do {
            session = try await open(fields, context)
        } catch {
            return try refusal(error, fields, next)
        }
        var response = BrowserPages.redirect(to: next == "/" ? Self.home : next)
        response.headers[.setCookie] = SessionCookie.setting(session.text)
        return response
    }

    private func open(_ fields: FormFields, _ context: APIContext) async throws -> SecretToken {
        let token = (fields["token"] ?? "").filter { !$0.isWhitespace }
        guard token.isEmpty else {
            return try await people.signIn.open(
                token: token,
                from: context.clientAddress,
                requestID: "\(context.id)"
            )
        }
        guard let password = fields["password"], !password.isEmpty else {
            throw DomainError(.unauthenticated, "a name and a password, or a token, are needed")
        }
        return try await people.signIn.open(
            tenant: fields["tenant"] ?? "",
            name: fields["name"] ?? "",
            password: password,
            from: context.clientAddress,
            requestID: "\(context.id)"
        )
    }

    /// The form again, with what was wrong; other troubles are for the problem page.
    private func refusal(
        _ error: any Error,
        _ fields: FormFields,
        _ next: String
    ) throws -> Response {
        var message = ""
        let isByToken = fields["password"]?.isEmpty ?? true
        var wait: Int64?
        if let error = error as? SignInThrottle.TooSoon {
            message = "Too many failed attempts. Try again in \(error.seconds) s."
            wait = error.seconds
        } else if let error = error as? DomainError, error.code == .unauthenticated {
            message =
                isByToken
                ? "This token is unknown, expired or revoked."
                : "Company, name or password is wrong."
        } else {
            throw error
        }
        let page = SignInPage.render(
            message: message,
            next: next,
            tenant: fields["tenant"] ?? "",
            name: fields["name"] ?? "",
            isByToken: isByToken,
            providers: providers
        )
        guard let wait else { return BrowserPages.html(page, status: .unauthorized) }
        var response = BrowserPages.html(page, status: .tooManyRequests)
        response.headers[.retryAfter] = "\(wait)"
        return response
    }

    @Sendable private func signOut(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: 8 * 1024)
        let fields = FormFields(String(buffer: body))
        do {
            let caller = try await authentication.session(
                changing: request,
                token: fields["csrf_token"]
            )
            try await people.sessions.end(
                caller,
                at: clock.now(),
                for: Change(by: caller, requestID: "\(context.id)")
            )
        } catch let error as DomainError where error.code == .unauthenticated {
            // It was over before.
        }
        var response = BrowserPages.redirect(to: "/sign-in")
        response.headers[.setCookie] = SessionCookie.clearing
        return response
    }
}

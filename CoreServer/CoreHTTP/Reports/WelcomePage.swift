/// The page after an identity provider: from here on the browser moves within this server, and sends
/// the session's cookie, which no page of another site can make it do.
struct WelcomePage: Sendable {
    private let next: String

    static func render(next: String) -> String {
        PageTemplates.page("welcome", Self(next: next.printable), in: PageTemplates.library)
    }
}

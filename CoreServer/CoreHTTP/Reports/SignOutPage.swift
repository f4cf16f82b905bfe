/// The page that asks whether to sign out, and posts the session's token to `/sign-out`.
package struct SignOutPage: Sendable {
    private let token: String

    package static func render(token: String) -> String {
        PageTemplates.page("sign-out", Self(token: token.printable), in: PageTemplates.library)
    }
}

/// The page that asks for an access token and posts it to `/sign-in`.
package struct SignInPage: Sendable {
    private let message: String?
    private let next: String

    /// - Parameters:
    ///   - message: why the last attempt failed, in words for the user.
    ///   - next: where to go afterwards. It comes back as the form's field `next`; whoever reads it
    ///     there must check that it is a path of ours.
    package static func render(message: String?, next: String) -> String {
        let page = Self(message: message?.printable, next: next.printable)
        return PageTemplates.page("sign-in", page, in: PageTemplates.library)
    }
}

import CoreDomain

/// The page that asks for a password or an access token and posts it to `/sign-in`.
package struct SignInPage: Sendable {
    private let message: String?
    private let next: String
    private let tenant: String
    private let name: String
    private let isByToken: Bool
    /// Where somebody types next; stored, since templates see nothing else.
    private let startsAtTenant: Bool
    private let startsAtPassword: Bool
    private let providers: [Provider]

    private struct Provider {
        let label: String
        let address: String
    }

    /// - Parameters:
    ///   - message: why the last attempt failed, in words for the user.
    ///   - next: where to go afterwards. It comes back as the form's field `next`; whoever reads it
    ///     there must check that it is a path of ours.
    ///   - tenant: as it was typed before.
    ///   - name: as it was typed before.
    ///   - isByToken: shows the token's form at once.
    ///   - providers: where else one can sign in.
    package static func render(
        message: String?,
        next: String,
        tenant: String = "",
        name: String = "",
        isByToken: Bool = false,
        providers: [(name: String, label: String)] = []
    ) -> String {
        let page = Self(
            message: message?.printable,
            next: next.printable,
            tenant: tenant.printable,
            name: name.printable,
            isByToken: isByToken,
            startsAtTenant: !isByToken && name.isEmpty,
            startsAtPassword: !isByToken && !name.isEmpty,
            providers: providers.map { provider in
                Provider(
                    label: provider.label.printable,
                    address: "/sign-in/with/\(provider.name)?next=\(FormText.encoded(next))"
                )
            }
        )
        return PageTemplates.page("sign-in", page, in: PageTemplates.library)
    }
}

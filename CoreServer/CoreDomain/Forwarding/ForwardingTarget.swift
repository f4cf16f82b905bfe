import FleetRuntime

/// Where one tenant's samples go onward. Comes from the server's own configuration and from nowhere
/// else: no request can name an address.
package struct ForwardingTarget: Sendable {
    /// Its place in the database: 1 to 63 of a-z, 0-9 and hyphens.
    package let name: String
    /// The tenant's name.
    package let tenant: String
    /// A remote_write endpoint.
    package let url: String
    /// Such as `X-Scope-OrgID`.
    package let headers: [String: String]
    package let token: Secret?

    package init(
        name: String,
        tenant: String,
        url: String,
        headers: [String: String] = [:],
        token: Secret? = nil
    ) {
        self.name = name
        self.tenant = tenant
        self.url = url
        self.headers = headers
        self.token = token
    }
}

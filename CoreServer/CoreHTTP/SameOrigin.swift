import CoreDomain
import HTTPTypes
import Hummingbird

/// Refuses changes that another site makes a browser ask for.
///
/// Browsers of today send `Sec-Fetch-Site`, older ones `Origin`; programs send neither, and have no
/// cookie that somebody else could use.
enum SameOrigin {
    /// - Throws: `DomainError` `forbidden`.
    static func check(_ request: Request) throws(DomainError) {
        let refusal = DomainError(.forbidden, "this was asked for by a page of another site")
        if let site = secFetchSite.flatMap({ request.headers[$0] }) {
            guard site == "same-origin" else { throw refusal }
        }
        if let origin = request.headers[.origin] {
            guard let host = request.head.authority, origin == "https://\(host)" else {
                throw refusal
            }
        }
    }

    private static let secFetchSite = HTTPField.Name("sec-fetch-site")
}

import CoreDomain
import Crypto
import FleetIdentity
import FleetModel

/// Signs URLs by which one object can be fetched, or one part sent, for a short time and without a
/// token: what the URL does not say, it does not give.
package struct ArtifactSigner: Sendable {
    /// What a URL gives.
    package enum Grant: Sendable, Hashable {
        /// Content by its digest, whichever path shows it then, under a name.
        case download(digest: String, name: String)
        case part(upload: String, number: Int)

        fileprivate var words: [String] {
            switch self {
            case .download(let digest, let name): ["download", digest, name]
            case .part(let upload, let number): ["part", upload, "\(number)"]
            }
        }
    }

    private let key: SymmetricKey

    package init(keys: ServerKeys) {
        key = keys.derived(for: "signed URLs of artifacts")
    }

    private static func message(_ grant: Grant, _ tenant: TenantID, _ expires: Int64) -> [UInt8] {
        // Names have no NUL: no two grants have one message.
        Array((grant.words + ["\(tenant.rawValue)", "\(expires)"]).joined(separator: "\0").utf8)
    }

    /// - Parameter expires: seconds since 1970.
    package func signature(of grant: Grant, tenant: TenantID, expires: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Self.message(grant, tenant, expires),
            using: key
        )
        return Base64URL.text(Array(code))
    }

    /// - Throws: `RegistryError` `forbidden` for what this installation did not sign, or not for now.
    package func check(
        _ signature: String,
        of grant: Grant,
        tenant: TenantID,
        expires: Int64,
        at now: Timestamp
    ) throws(RegistryError) {
        guard let bytes = Base64URL.bytes(signature),
            HMAC<SHA256>.isValidAuthenticationCode(
                bytes,
                authenticating: Self.message(grant, tenant, expires),
                using: key
            )
        else { throw RegistryError(.forbidden, "this URL was not signed here") }
        guard now.milliseconds < expires * 1000 else {
            throw RegistryError(.forbidden, "this URL's time is over: ask for another one")
        }
    }
}

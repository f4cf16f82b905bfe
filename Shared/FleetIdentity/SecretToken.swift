import Crypto
import FleetModel

/// A bearer secret that names its tenant and row, so that it can be looked up under row security,
/// and of which only a hash is ever stored.
///
/// Written as `hwt.7.12.SECRET` (API), `hws.7.5.SECRET` (a browser's session) or `hwe.7.3.SECRET.FINGERPRINT` (enrolment, which carries the
/// fingerprint of the shore's CA so that one string is all a ship needs). SECRET is 256 random bits
/// in base64url; being random, it needs no slow hash.
package struct SecretToken: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// What the token is for; the raw value is its prefix.
    package enum Purpose: String, Sendable {
        case api = "hwt"
        case enrolment = "hwe"
        case session = "hws"
    }

    package let purpose: Purpose
    package let tenant: TenantID
    /// The row that holds the hash.
    package let id: Int64
    /// Pinned CA, on enrolment tokens.
    package let authority: Fingerprint?
    private let secret: String

    /// Draws a new secret from the system's generator.
    package init(drawing purpose: Purpose, tenant: TenantID, id: Int64, authority: Fingerprint?) {
        self.purpose = purpose
        self.tenant = tenant
        self.id = id
        self.authority = authority
        let key = SymmetricKey(size: .bits256)
        self.secret = key.withUnsafeBytes { Base64URL.text(Array($0)) }
    }

    /// Reads the text form; the error never repeats the text.
    package init(parsing text: String, as purpose: Purpose) throws(IdentityError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let expected = purpose == .enrolment ? 5 : 4
        guard text.utf8.count <= 256, parts.count == expected, parts[0] == purpose.rawValue,
            let tenant = Int64(parts[1]), let id = Int64(parts[2]), parts[3].utf8.count == 43
        else {
            throw IdentityError(
                .malformedToken,
                "the token is not complete, or not one for this use: copy it whole, as it was shown"
            )
        }
        self.purpose = purpose
        self.tenant = TenantID(tenant)
        self.id = id
        self.secret = parts[3]
        self.authority = purpose == .enrolment ? try Fingerprint(hexadecimal: parts[4]) : nil
    }

    /// The whole token, to be shown once.
    package var text: String {
        let base = "\(purpose.rawValue).\(tenant).\(id).\(secret)"
        return authority.map { "\(base).\($0)" } ?? base
    }

    /// What is stored: SHA-256 over the purpose, the tenant, the row and the secret.
    package var hash: [UInt8] {
        Array(SHA256.hash(data: Array("\(purpose.rawValue).\(tenant).\(id).\(secret)".utf8)))
    }

    /// Compares in constant time.
    package func matches(hash stored: [UInt8]) -> Bool {
        let mine = hash
        guard mine.count == stored.count else { return false }
        return zip(mine, stored).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Without the secret: for logs.
    package var description: String { "\(purpose.rawValue).\(tenant).\(id).…" }

    /// `dump` and debug output see no more than the description.
    package var customMirror: Mirror { Mirror(self, children: ["token": description]) }
}

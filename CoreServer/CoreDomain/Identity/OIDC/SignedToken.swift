import FleetIdentity
import FoundationEssentials

/// A JSON Web Token in its compact form (RFC 7519, 7515), read but not believed.
struct SignedToken: Sendable {
    /// The only two that are taken: `none`, and secrets that both sides know, are no proof.
    enum Algorithm: String, Sendable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    private struct Header: Decodable {
        let alg: String
        let kid: String?
        let typ: String?
        let crit: [String]?
    }

    private static let longest = 16 * 1024

    let algorithm: Algorithm
    let keyID: String?
    let type: String?
    let claims: [String: TokenClaim]
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// - Returns: `nil` for anything that is not exactly one.
    init?(parsing text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.bytes(parts[0]),
            let payload = Base64URL.bytes(parts[1]), let signature = Base64URL.bytes(parts[2]),
            let head = try? JSONDecoder().decode(Header.self, from: Data(header)),
            let algorithm = Algorithm(rawValue: head.alg), head.crit == nil,
            let claims = try? JSONDecoder().decode([String: TokenClaim].self, from: Data(payload))
        else { return nil }
        self.algorithm = algorithm
        keyID = head.kid
        type = head.typ
        self.claims = claims
        signedBytes = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    /// Whether it looks like one: an API token never does.
    static func isLike(_ text: String) -> Bool {
        text.hasPrefix("eyJ") && text.utf8.count { $0 == UInt8(ascii: ".") } == 2
    }
}

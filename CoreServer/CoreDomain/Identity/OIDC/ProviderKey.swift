import Crypto
import CryptoExtras
import FleetIdentity
import FoundationEssentials

/// A public key of an identity provider (RFC 7517).
struct ProviderKey: Sendable {
    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    private struct Document: Decodable {
        let kty: String
        let use: String?
        let alg: String?
        let kid: String?
        let crv: String?
        let n: String?
        let e: String?
        let x: String?
        let y: String?
    }

    private struct Set: Decodable {
        /// Members of kinds that are not known here are no failure.
        let keys: [Lenient]
    }

    private struct Lenient: Decodable {
        let document: Document?

        init(from decoder: any Decoder) throws { document = try? Document(from: decoder) }
    }

    private static let longestSet = 64

    let id: String?
    private let material: Material

    private init?(_ document: Document) {
        guard document.use ?? "sig" == "sig" else { return nil }
        id = document.kid
        switch document.kty {
        case "RSA" where document.alg ?? "RS256" == "RS256":
            // Keys of fewer than 2048 bits are refused there.
            guard let n = document.n.flatMap({ Base64URL.bytes($0) }),
                let e = document.e.flatMap({ Base64URL.bytes($0) }), n.count <= 1025,
                let key = try? _RSA.Signing.PublicKey(n: Data(n), e: Data(e))
            else { return nil }
            material = .rsa(key)
        case "EC" where document.crv == "P-256" && document.alg ?? "ES256" == "ES256":
            guard let x = document.x.flatMap({ Base64URL.bytes($0) }), x.count == 32,
                let y = document.y.flatMap({ Base64URL.bytes($0) }), y.count == 32,
                let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            material = .p256(key)
        default:
            return nil
        }
    }

    /// Those of a set that can be used.
    static func read(_ bytes: [UInt8]) throws -> [ProviderKey] {
        try JSONDecoder().decode(Set.self, from: Data(bytes)).keys.prefix(longestSet)
            .compactMap { $0.document.flatMap(ProviderKey.init) }
    }

    /// Whether it signed the token: by its own algorithm, whatever the token says.
    func signed(_ token: SignedToken) -> Bool {
        let digest = SHA256.hash(data: token.signedBytes)
        switch (material, token.algorithm) {
        case (.rsa(let key), .rs256):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: token.signature),
                for: digest,
                padding: .insecurePKCS1v1_5
            )
        case (.p256(let key), .es256):
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: token.signature)
            return signature.map { key.isValidSignature($0, for: digest) } ?? false
        default:
            return false
        }
    }
}

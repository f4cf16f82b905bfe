import Crypto

/// The installation's Ed25519 key for orders to ships, and for nothing else.
package struct DirectiveKey: Sendable {
    package static let publicBytes = 32
    package static let idBytes = 8

    private let key: Curve25519.Signing.PrivateKey

    package init() {
        key = Curve25519.Signing.PrivateKey()
    }

    /// `nil` unless it is a key of 32 bytes.
    package init?(rawValue: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: rawValue) else {
            return nil
        }
        self.key = key
    }

    /// The secret itself, 32 bytes.
    package var rawValue: [UInt8] { Array(key.rawRepresentation) }

    package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    /// The first 64 bits of the public key's SHA-256: which of its keys a ship has to take.
    package static func id(of publicKey: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: publicKey).prefix(idBytes))
    }

    func signature(of message: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: message))
    }
}

import CoreDomain
import Crypto
import FleetIdentity
import FleetRuntime
import Glibc

/// Signs what goes to ships, and nothing else: `release.key` beside the installation's other keys, and
/// `release.pub` for whoever checks.
package struct ReleaseKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// Reads `<directory>/release.key`, making it at the first start.
    package init(directory: String) throws {
        try PrivateDirectory.create(directory)
        let path = directory + "/release.key"
        // Two commands may start on one new directory at once: the file's maker is the one that links.
        if access(path, F_OK) != 0 {
            let drawn = Curve25519.Signing.PrivateKey()
            let own = "\(path).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
            try AtomicFile.write(Array(drawn.rawRepresentation), to: own, mode: 0o600)
            defer { unlink(own) }
            if link(own, path) == 0 {
                let text = Hexadecimal.text(drawn.publicKey.rawRepresentation) + "\n"
                try AtomicFile.write(Array(text.utf8), to: directory + "/release.pub", mode: 0o644)
            }
        }
        let bytes = try AtomicFile.read(path, limit: 1024)
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else {
            throw DomainError(.invalid, "\(path) is no Ed25519 key of 32 bytes")
        }
        self.key = key
    }

    /// Ed25519's public key, in hexadecimal digits.
    package var publicKey: String { Hexadecimal.text(key.publicKey.rawRepresentation) }

    /// The first 64 bits of the public key's SHA-256.
    package var id: String {
        Hexadecimal.text(SHA256.hash(data: key.publicKey.rawRepresentation).prefix(8))
    }

    package func sign(_ message: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: message))
    }
}

import CoreAudit
import Crypto
import FleetIdentity
import FleetModel
import FleetRuntime
import Glibc

/// The installation's own keys, in files that only the server's user may read: the authority that
/// ships pin, and the key under which secrets in the database are sealed.
///
/// Losing them means enrolling every ship anew: they belong in the backup, apart from the database.
package struct ServerKeys: Sendable {
    package let authority: CertificateAuthority
    private let sealingKey: SymmetricKey
    /// Under which things in the database may still be.
    private let olderSealingKeys: [SymmetricKey]
    /// The first bytes of the sealing key's SHA-256.
    let sealingKeyID: [UInt8]
    /// Signs the audit's seals, and usage.
    private let signingKey: Curve25519.Signing.PrivateKey
    /// The Ed25519 public keys of this installation, as far back as there are seals; the newest last.
    package let publicKeys: [AuditHash]

    /// Reads `<directory>/ca.crt`, `ca.key`, `seal.key`, `sign.key` and `sign.pub`, making what is
    /// not there, and older sealing keys from `seal.key.1` to `seal.key.9`.
    package init(directory: String, at now: Timestamp) throws {
        try PrivateDirectory.create(directory)
        // Two commands may start on one new directory at once.
        let lock = try Self.lock(directory + "/keys.lock")
        defer { lock.release() }
        let certificatePath = directory + "/ca.crt"
        let keyPath = directory + "/ca.key"
        let sealPath = directory + "/seal.key"
        if !Self.exists(sealPath) {
            let drawn = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            try AtomicFile.write(drawn, to: sealPath, mode: 0o600)
        }
        if !Self.exists(certificatePath) {
            let made = try CertificateAuthority(commonName: "Hawser installation", at: now)
            try AtomicFile.write(Array(made.key.pem.utf8), to: keyPath, mode: 0o600)
            try AtomicFile.write(Array(made.certificate.pem.utf8), to: certificatePath, mode: 0o644)
        }
        let certificate = String(decoding: try Self.read(certificatePath), as: UTF8.self)
        let key = String(decoding: try Self.read(keyPath), as: UTF8.self)
        authority = CertificateAuthority(
            certificate: try IssuedCertificate(pem: certificate),
            key: try PrivateKey(pem: key)
        )
        let seal = try Self.sealingKey(sealPath)
        sealingKey = SymmetricKey(data: seal)
        sealingKeyID = Array(SHA256.hash(data: seal).prefix(8))
        olderSealingKeys = try (1...9).map { "\(sealPath).\($0)" }.filter(Self.exists)
            .map { SymmetricKey(data: try Self.sealingKey($0)) }
        (signingKey, publicKeys) = try Self.signingKeys(directory)
    }

    private static func sealingKey(_ path: String) throws -> [UInt8] {
        let bytes = try read(path)
        guard bytes.count == 32 else {
            throw DomainError(.invalid, "\(path) has \(bytes.count) bytes, it must have 32")
        }
        return bytes
    }

    /// The key that signs from now on, and all public ones, which `sign.pub` keeps a line each: whoever
    /// puts another `sign.key` there leaves the old one's line.
    private static func signingKeys(
        _ directory: String
    ) throws -> (Curve25519.Signing.PrivateKey, [AuditHash]) {
        let (path, publicPath) = (directory + "/sign.key", directory + "/sign.pub")
        if !exists(path) {
            let drawn = Curve25519.Signing.PrivateKey().rawRepresentation
            try AtomicFile.write(Array(drawn), to: path, mode: 0o600)
        }
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: read(path)),
            let own = AuditHash(bytes: Array(key.publicKey.rawRepresentation))
        else { throw DomainError(.invalid, "\(path) is no Ed25519 key of 32 bytes") }
        // Seals were signed with a key of their own once: those in `audit.pub`.
        let before = try [directory + "/audit.pub", publicPath].filter(exists)
            .flatMap { try AuditHash.keys(inFile: $0) }
        var known: [AuditHash] = []
        for key in before where key != own && !known.contains(key) { known.append(key) }
        known.append(own)
        let text = known.map { "\($0)\n" }.joined()
        if (try? AtomicFile.readText(publicPath, limit: 64 * 1024)) != text {
            try AtomicFile.write(text: text, to: publicPath, mode: 0o644)
        }
        return (key, known)
    }

    /// The public part of the key that signs now.
    package var publicKey: AuditHash { publicKeys.last ?? .zero }

    /// What signatures name their key by: the first 64 bits of the public key's SHA-256.
    package var signingKeyID: String {
        String(AuditHash(of: publicKey.bytes).description.prefix(16))
    }

    /// Signs what a seal says.
    package func sign(_ seal: AuditSeal) throws -> StoredSeal {
        let hash = seal.hash
        let message = AuditWitness.message(
            tenant: seal.tenant,
            seal: seal.number,
            last: seal.last,
            hash: hash
        )
        return StoredSeal(seal: seal, hash: hash, signature: try sign(message))
    }

    /// - Parameter message: begins unlike any other kind of message that is signed.
    package func sign(_ message: [UInt8]) throws -> [UInt8] {
        Array(try signingKey.signature(for: message))
    }

    private static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Making the keys takes milliseconds: whoever waits longer than ten seconds says so.
    private static func lock(_ path: String) throws -> FileLock {
        for _ in 0..<200 {
            if let lock = try? FileLock(path: path) { return lock }
            usleep(50_000)
        }
        return try FileLock(path: path)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        try AtomicFile.read(path, limit: 64 * 1024)
    }

    /// AES-256-GCM; `context` must be the same when it is opened, so that one tenant's secret can't
    /// be put in another's place.
    func seal(_ secret: [UInt8], context: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(secret, using: sealingKey, authenticating: Array(context.utf8))
        guard let combined = box.combined else {
            throw DomainError(.invalid, "a secret can't be sealed")
        }
        return Array(combined)
    }

    func open(_ sealed: [UInt8], context: String) throws -> [UInt8] {
        let box = try? AES.GCM.SealedBox(combined: sealed)
        for key in [sealingKey] + olderSealingKeys {
            guard let box,
                let secret = try? AES.GCM.open(box, using: key, authenticating: Array(context.utf8))
            else { continue }
            return Array(secret)
        }
        throw DomainError(
            .invalid,
            "a secret in the database was sealed under another key: is seal.key the right one?"
        )
    }
}

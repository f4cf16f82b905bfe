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

    /// Reads `<directory>/ca.crt`, `ca.key` and `seal.key`, making them at the first start.
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
        let seal = try Self.read(sealPath)
        guard seal.count == 32 else {
            throw DomainError(.invalid, "\(sealPath) has \(seal.count) bytes, it must have 32")
        }
        sealingKey = SymmetricKey(data: seal)
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
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return Array(
                try AES.GCM.open(box, using: sealingKey, authenticating: Array(context.utf8))
            )
        } catch {
            throw DomainError(
                .invalid,
                "a secret in the database was sealed under another key: is seal.key the right one?"
            )
        }
    }
}

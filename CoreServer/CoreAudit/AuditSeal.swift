import FleetModel

/// Says what a stretch of the audit was when it was sealed, so that nobody can write it anew later,
/// not even with the database's own superuser: each seal is bound to the one before and signed.
package struct AuditSeal: Sendable, Hashable {
    package let tenant: TenantID
    /// From 1, without gaps.
    package let number: Int64
    package let first: Int64
    package let last: Int64
    package let signedAt: Timestamp
    /// Of the Merkle tree over the entries' hashes.
    package let root: AuditHash
    /// Of the seal before; zeros before the first.
    package let previous: AuditHash
    /// The Ed25519 public key.
    package let key: AuditHash

    package init(
        tenant: TenantID,
        number: Int64,
        first: Int64,
        last: Int64,
        signedAt: Timestamp,
        root: AuditHash,
        previous: AuditHash,
        key: AuditHash
    ) {
        self.tenant = tenant
        self.number = number
        self.first = first
        self.last = last
        self.signedAt = signedAt
        self.root = root
        self.previous = previous
        self.key = key
    }

    private static let prefix = Array("hawser audit seal 1\n".utf8)

    /// SHA-256 over `hawser audit seal 1` and a line feed, then tenant, number, first, last and
    /// milliseconds since 1970 as 64 bits each, most significant byte first, then root, previous hash
    /// and key.
    package var hash: AuditHash {
        var bytes = Self.prefix
        for number in [tenant.rawValue, number, first, last, signedAt.milliseconds] {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        for hash in [root, previous, key] { bytes += hash.bytes }
        return AuditHash(of: bytes)
    }
}

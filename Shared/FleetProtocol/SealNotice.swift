/// A seal of the tenant's audit, as a ship keeps it: proof against the shore's own administrators that
/// the audit once reached so far, and what it said.
package struct SealNotice: Sendable, Equatable {
    /// The seal's number.
    package let seal: UInt64
    /// The last audit entry that it seals.
    package let last: UInt64
    /// SHA-256 of the seal.
    package let hash: [UInt8]
    /// Ed25519, by the installation.
    package let signature: [UInt8]

    package static let hashBytes = 32
    package static let signatureBytes = 64

    /// `nil` unless hash and signature have their sizes.
    package init?(seal: UInt64, last: UInt64, hash: [UInt8], signature: [UInt8]) {
        guard hash.count == Self.hashBytes, signature.count == Self.signatureBytes else {
            return nil
        }
        self.seal = seal
        self.last = last
        self.hash = hash
        self.signature = signature
    }
}

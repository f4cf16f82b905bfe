import Crypto
import FleetModel

/// What a ship is told of a seal, and keeps: enough to prove later that there was this seal.
package struct AuditWitness: Sendable, Hashable {
    package let seal: Int64
    /// The last entry that it seals.
    package let last: Int64
    package let hash: AuditHash
    /// Ed25519.
    package let signature: [UInt8]

    package init(seal: Int64, last: Int64, hash: AuditHash, signature: [UInt8]) {
        self.seal = seal
        self.last = last
        self.hash = hash
        self.signature = signature
    }

    private static let prefix = Array("hawser audit witness 1\n".utf8)

    /// What is signed: `hawser audit witness 1` and a line feed, then tenant, seal number and last
    /// entry as 64 bits each, most significant byte first, then the seal's hash.
    package static func message(
        tenant: TenantID,
        seal: Int64,
        last: Int64,
        hash: AuditHash
    ) -> [UInt8] {
        var bytes = prefix
        for number in [tenant.rawValue, seal, last] {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes + hash.bytes
    }

    package func isSigned(by key: AuditHash, of tenant: TenantID) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key.bytes) else {
            return false
        }
        return key.isValidSignature(
            signature,
            for: Self.message(tenant: tenant, seal: seal, last: last, hash: hash)
        )
    }
}

import CorePostgres
import FleetModel

/// A seal with what is stored beside it.
package struct StoredSeal: Sendable, Hashable {
    package let seal: AuditSeal
    /// As it was stored; where nobody tampered, the seal's own.
    package let hash: AuditHash
    package let signature: [UInt8]

    init(seal: AuditSeal, hash: AuditHash, signature: [UInt8]) {
        self.seal = seal
        self.hash = hash
        self.signature = signature
    }

    init(_ row: PostgresRow, of tenant: TenantID) throws {
        func hash(_ column: String) throws -> AuditHash {
            guard let hash = AuditHash(bytes: try row.bytes(column)) else {
                throw DomainError(
                    .invalid,
                    "a seal of the audit was altered: its \(column) is no hash"
                )
            }
            return hash
        }
        seal = AuditSeal(
            tenant: tenant,
            number: try row.int64("seal_number"),
            first: try row.int64("first_sequence"),
            last: try row.int64("last_sequence"),
            signedAt: try row.timestamp("signed_at"),
            root: try hash("root"),
            previous: try hash("previous_hash"),
            key: try hash("key")
        )
        self.hash = try hash("hash")
        signature = try row.bytes("signature")
    }

    package var signatureText: String { Hexadecimal.text(signature) }

    /// What ships are told of it.
    package var witness: AuditWitness {
        AuditWitness(seal: seal.number, last: seal.last, hash: hash, signature: signature)
    }
}

/// A seal with what is stored beside it.
package struct StoredSeal: Sendable, Hashable {
    package let seal: AuditSeal
    /// As it was stored; where nobody tampered, the seal's own.
    package let hash: AuditHash
    package let signature: [UInt8]

    package init(seal: AuditSeal, hash: AuditHash, signature: [UInt8]) {
        self.seal = seal
        self.hash = hash
        self.signature = signature
    }

    package var signatureText: String { Hexadecimal.text(signature) }

    /// What ships are told of it.
    package var witness: AuditWitness {
        AuditWitness(seal: seal.number, last: seal.last, hash: hash, signature: signature)
    }
}

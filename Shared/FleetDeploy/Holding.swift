/// One thing that a ship holds of an artifact.
package struct Holding: Hashable, Sendable {
    /// Raw values are wire values.
    package enum Kind: UInt8, Sendable, CaseIterable {
        case current = 1
        case previous = 2
        case shadow = 3
        case staged = 4
        /// A delta that is partly there; `bytes` of it are.
        case partial = 5
    }

    package static let limit = 64

    package let kind: Kind
    /// `nil` for what lies in no slot.
    package let slot: SlotName?
    /// The tree's; of `partial` the delta's own SHA-256.
    package let digest: TreeDigest
    package let bytes: UInt64

    package init(kind: Kind, slot: SlotName?, digest: TreeDigest, bytes: UInt64 = 0) {
        self.kind = kind
        self.slot = slot
        self.digest = digest
        self.bytes = bytes
    }
}

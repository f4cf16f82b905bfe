import FleetModel

/// One order of the shore to one ship.
///
/// A ship takes each counter once and only upwards, and remembers it before it acts: an old order that comes
/// again, from whomever, is refused.
package struct Directive: Sendable, Equatable {
    package enum Order: Sendable, Equatable {
        case install(Installation)
        case revoke(Revocation)
        /// The slot goes back to what it ran before the digest, if it still runs that.
        case rollBack(slot: SlotName, deployment: UInt64, digest: TreeDigest)
        /// Nothing of the artifact is needed any more: its space may be used.
        case forget(TreeDigest)
        /// From now on orders signed by this Ed25519 key are taken as well.
        case trust(publicKey: [UInt8])
        /// And those of the key with this identifier are not.
        case distrust(keyID: [UInt8])
    }

    package let ship: ShipIdentity
    /// Of this ship's orders: each higher than the one before. It names the activation that an order leads to.
    package let counter: UInt64
    package let issuedAt: Timestamp
    /// After this nothing new is begun because of it; `nil` for never.
    package let notAfter: Timestamp?
    package let order: Order

    package init(
        ship: ShipIdentity,
        counter: UInt64,
        issuedAt: Timestamp,
        notAfter: Timestamp? = nil,
        order: Order
    ) {
        self.ship = ship
        self.counter = counter
        self.issuedAt = issuedAt
        self.notAfter = notAfter
        self.order = order
    }
}

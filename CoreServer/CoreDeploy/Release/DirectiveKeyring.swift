import FleetDeploy

/// The installation's keys for orders to ships: the one that signs now, and those before it, by which ships
/// that have missed the change learn of it.
package struct DirectiveKeyring: Sendable {
    package static let formerLimit = 9

    package let current: DirectiveKey
    /// The newest first.
    package let former: [DirectiveKey]
    /// Identifiers of former keys that no ship is to obey any more.
    package let distrusted: Set<[UInt8]>

    package init(
        _ current: DirectiveKey,
        former: [DirectiveKey] = [],
        distrusted: Set<[UInt8]> = []
    ) {
        self.current = current
        self.former = former
        self.distrusted = distrusted.subtracting([current.id])
    }

    /// Who has to sign for a ship so that it obeys: the newest key that it is known to trust; where none is
    /// known, the oldest that it has not refused, since that is the one it began with.
    ///
    /// - Parameter known: whether the ship trusts a key, as far as it has said so.
    /// - Returns: `nil` if it has refused every key that there is.
    package func signer(for known: [[UInt8]: Bool]) -> DirectiveKey? {
        let all = [current] + former
        return all.first { known[$0.id] == true } ?? all.last { known[$0.id] == nil }
    }
}

extension DirectiveKey {
    package var id: [UInt8] { Self.id(of: publicKey) }
}

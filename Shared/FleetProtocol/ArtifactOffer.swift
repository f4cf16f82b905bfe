/// Bytes that bring a ship from what it holds to what it was ordered to hold.
package struct ArtifactOffer: Sendable, Equatable {
    package static let digestBytes = 32
    package static let baseLimit = 8

    /// SHA-256 of the bytes to fetch.
    package let content: [UInt8]
    package let size: UInt64
    /// Digest of the tree that comes of it.
    package let tree: [UInt8]
    /// Digests of the trees that the ship has to hold, in the order that the delta counts them in.
    package let bases: [[UInt8]]

    /// `nil` unless every digest has its size and there are no more bases than the limit.
    package init?(content: [UInt8], size: UInt64, tree: [UInt8], bases: [[UInt8]]) {
        guard bases.count <= Self.baseLimit,
            ([content, tree] + bases).allSatisfy({ $0.count == Self.digestBytes })
        else { return nil }
        self.content = content
        self.size = size
        self.tree = tree
        self.bases = bases
    }
}

/// What the making of deltas is bounded by.
package enum DeltaBuildLimits {
    /// Of a tree that goes aboard. The encoder holds its delta in memory: at the worst, of content that nothing
    /// is known of, twice this while it grows.
    package static let treeBytes: Int64 = 1 << 30
    /// An encoding that takes longer is given up.
    package static let time = Duration.seconds(3600)
    /// Deltas of one tenant in one turn, so that others get theirs.
    package static let turn = 8
    /// Times that a process may end over one before it is given up: it may be the reason.
    package static let crashes: Int32 = 3
    /// What failed is tried again after this, as long as a deployment asks for it.
    package static let retryAfter = Duration.seconds(3600)
    /// Deltas to one tree.
    package static let bases = 256
    /// A tree that no deployment and no ship needs is kept for this.
    package static let treeLife = Duration.seconds(30 * 86_400)
    /// Open deltas that are kept ready to be read on.
    package static let open = 48
    /// Of one reading.
    package static let pieceBytes = 1 << 20
}

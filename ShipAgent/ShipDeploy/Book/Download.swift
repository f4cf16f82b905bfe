import FleetDelta
import FleetDeploy

/// A delta that the shore has offered, and that a slot wants. How much of it is here the file itself says.
package struct Download: Codable, Sendable, Equatable {
    package let slot: String
    /// Of the order that wants it.
    package let activation: UInt64
    /// SHA-256 of the delta's bytes.
    package let delta: TreeDigest
    package let size: UInt64
    /// What it makes.
    package let tree: TreeDigest
    /// What it is made from, in the delta's order; none for one that needs nothing.
    package let bases: [TreeDigest]
    /// It came out wrong so many times.
    package var failures = 0
    /// The UTC day of `spent`, and the bytes that came in it.
    package var day: Int32 = 0
    package var spent: UInt64 = 0

    /// The most bytes that a delta for a version of so many can need: all of them as they are, what that costs
    /// to say, and the names of its files. The order's size is signed, the offer's is not.
    package static func most(for size: UInt64) -> UInt64 {
        let (sum, isTooMuch) = size.addingReportingOverflow(
            size / 16 + UInt64(DeltaLimits.listing)
        )
        return isTooMuch ? .max : sum
    }

    package init(
        slot: String,
        activation: UInt64,
        delta: TreeDigest,
        size: UInt64,
        tree: TreeDigest,
        bases: [TreeDigest]
    ) {
        self.slot = slot
        self.activation = activation
        self.delta = delta
        self.size = size
        self.tree = tree
        self.bases = bases
    }
}

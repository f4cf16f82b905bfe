import FleetModel
import FleetSeries

/// What is thinned together: one item of raw samples, or the rollups of such.
package struct PoolUnit: Sendable, Equatable {
    package let rung: Rung
    /// Of its segments.
    package let items: [PoolItem]
    package let bodies: [[UInt8]]

    package var samples: UInt64 { items.reduce(0) { $0 + $1.samples } }
    package var length: Int { items.reduce(0) { $0 + $1.length } }
}

import FleetModel

/// What waits, in bytes, by what it would take of the link.
package struct PoolTotals: Sendable, Equatable {
    /// Without a place in a lane: raw samples and, by rung, rollups.
    package let rungs: [Rung: UInt64]
    /// With a place in a lane, and not ashore.
    package let lanes: [Lane: UInt64]

    package var raw: UInt64 { (rungs[.raw] ?? 0) + (lanes[.backlog] ?? 0) }
    package var rollups: UInt64 {
        rungs.reduce(lanes[.summary] ?? 0) { $1.key == .raw ? $0 : $0 + $1.value }
    }
}

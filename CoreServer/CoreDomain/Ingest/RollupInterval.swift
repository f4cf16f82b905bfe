import FleetModel

/// One row of rollups: which interval, of which length.
struct RollupInterval: Hashable, Comparable, Sendable {
    let resolution: RollupResolution
    let start: Timestamp

    static func < (left: Self, right: Self) -> Bool {
        (left.resolution.rawValue, left.start) < (right.resolution.rawValue, right.start)
    }
}

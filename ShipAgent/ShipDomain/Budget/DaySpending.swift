import FleetModel

/// Bytes that one class of link carried on one UTC day.
package struct DaySpending: Sendable, Equatable {
    package var lanes: [Lane: UInt64]
    /// What belongs to no lane: handshakes, acknowledgements, pings.
    package var other: UInt64

    package init(lanes: [Lane: UInt64] = [:], other: UInt64 = 0) {
        self.lanes = lanes
        self.other = other
    }

    package var total: UInt64 { lanes.values.reduce(other) { $0 + $1 } }

    package var isEmpty: Bool { total == 0 }
}

import FleetModel

/// The shore asks for raw samples of a stretch of time that the ship still holds.
package struct Want: Sendable, Equatable {
    /// The shore's number of it. Asked again, the ship answers the same.
    package let id: UInt64
    /// Half-open.
    package let from: Timestamp
    package let to: Timestamp
    /// Sealed bytes that the ship may send for it at most.
    package let maxBytes: UInt64

    package init(id: UInt64, from: Timestamp, to: Timestamp, maxBytes: UInt64) {
        self.id = id
        self.from = from
        self.to = to
        self.maxBytes = maxBytes
    }
}

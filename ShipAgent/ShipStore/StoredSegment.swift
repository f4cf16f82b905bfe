import FleetModel

/// A sealed segment in the outbox.
package struct StoredSegment: Sendable {
    package let lane: Lane
    package let sequence: UInt64
    package let recordCount: UInt64
    package let bytes: [UInt8]
}

import FleetModel

/// One lane for `ship-agent status`.
package struct LaneStatus: Sendable {
    package let lane: Lane
    /// Sealed bytes that are not committed ashore.
    package let queuedBytes: UInt64
    /// The oldest record that is not committed ashore.
    package let oldest: Timestamp?
    package let ledger: LedgerTotals
}

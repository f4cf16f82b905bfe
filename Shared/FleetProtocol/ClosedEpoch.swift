import FleetModel

/// The epoch that a ship ended when it began the one it is in, with its last account: what was
/// pending then belongs to the new one.
package struct ClosedEpoch: Sendable, Equatable {
    package let epoch: LaneEpoch
    package let ledger: LedgerReport

    package init(epoch: LaneEpoch, ledger: LedgerReport) {
        self.epoch = epoch
        self.ledger = ledger
    }
}

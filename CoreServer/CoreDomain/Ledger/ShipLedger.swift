import FleetModel

/// A ship's accounts, both sides of them.
package struct ShipLedger: Sendable {
    /// One lane, all epochs together.
    package struct LaneAccount: Sendable {
        package let lane: Lane
        /// As the ship told last.
        package let told: LedgerTotals
        /// What is stored here, and what was set aside.
        package let storedAshore: UInt64
        package let quarantined: UInt64
        /// Of those: kept out by a limit of the tenant.
        package let refused: UInt64
        package let toldAt: Timestamp?
    }

    /// One lane and UTC day, all epochs together.
    package struct Day: Sendable {
        package let day: Timestamp
        package let lane: Lane
        package let produced: UInt64
        package let stored: UInt64
        package let degraded: UInt64
        package let lost: UInt64
        /// `nil` where the ship told nothing of this day yet.
        package let toldAt: Timestamp?

        /// Neither here nor given up: on its way or aboard. Negative where more is here than told.
        package var pending: Int64 {
            Int64(clamping: produced) - Int64(clamping: stored) - Int64(clamping: degraded)
                - Int64(clamping: lost)
        }
    }

    package struct Declared: Sendable {
        package let place: Place
        package let declaration: Declaration
        package let receivedAt: Timestamp
    }

    /// Where a declaration stands in the order of all.
    package struct Place: Sendable, Equatable {
        package let epoch: Int64
        package let sequence: Int64
        package let ordinal: Int32

        package init(epoch: Int64, sequence: Int64, ordinal: Int32) {
            self.epoch = epoch
            self.sequence = sequence
            self.ordinal = ordinal
        }

        static let start = Self(epoch: .min, sequence: .min, ordinal: .min)
    }

    package let lanes: [LaneAccount]
    package let days: [Day]
    package let declarations: [Declared]
    /// Behind the last declaration; `nil` where there are no more.
    package let next: Place?
    package let differences: [LedgerDifference]
}

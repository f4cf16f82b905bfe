import FleetModel

/// The ship's account of its lanes at one moment.
package struct LedgerReport: Sendable, Equatable {
    package let totals: [Lane: LedgerTotals]

    package init(totals: [Lane: LedgerTotals]) {
        self.totals = totals
    }
}

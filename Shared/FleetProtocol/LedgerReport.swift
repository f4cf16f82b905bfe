import FleetModel

/// The ship's account of its lanes at one moment.
package struct LedgerReport: Sendable, Equatable {
    package let totals: [Lane: LedgerTotals]

    package init(totals: [Lane: LedgerTotals]) {
        self.totals = totals
    }

    /// Whether anything was thinned: without, the account is written as version 1 first had it.
    package var hasDegraded: Bool { totals.values.contains { $0.degraded > 0 } }
}

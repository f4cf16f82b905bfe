import FleetModel

/// Decides whether a ship's account and the shore's agree.
enum LedgerMachine {
    /// Where they don't. One lane may have several.
    static func differences(_ facts: LedgerFacts) -> [LedgerDifference.Kind: UInt64] {
        var found: [LedgerDifference.Kind: UInt64] = [:]
        let told = facts.told
        let accounted = sum(sum(told.stored, told.pending), sum(told.degraded, told.lost))
        if accounted != told.produced {
            found[.unbalanced] =
                accounted > told.produced ? accounted - told.produced : told.produced - accounted
        }
        if told.stored > facts.ashore { found[.missingAshore] = told.stored - facts.ashore }
        // What is under way was pending when it was told.
        let most = sum(told.stored, told.pending)
        if facts.isExact, facts.ashore > most { found[.surplusAshore] = facts.ashore - most }
        // Of the summary's own lane nothing is declared: of what it degraded, the samples are.
        if facts.lane != .summary, facts.isSummaryComplete,
            told.degraded > facts.declaredDegraded
        {
            found[.undeclared] = told.degraded - facts.declaredDegraded
        }
        return found
    }

    /// How long a difference must last to be told to people: accounts and declarations travel apart,
    /// and the lane they travel in may have to wait for its budget.
    static func patience(with kind: LedgerDifference.Kind) -> Duration {
        switch kind {
        case .unbalanced, .missingAshore, .surplusAshore: .zero
        case .undeclared: .seconds(3600)
        case .dayOverfull: .seconds(2 * 86_400)
        }
    }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

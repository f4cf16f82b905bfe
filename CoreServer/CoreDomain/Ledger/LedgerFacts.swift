import FleetModel

/// What both sides say of one lane of one epoch, at the moment the ship told its ledger.
struct LedgerFacts: Sendable, Equatable {
    let lane: Lane
    /// The ship's account.
    let told: LedgerTotals
    /// Records committed ashore when it was told, those set aside included.
    let ashore: UInt64
    /// Raw samples that declarations ashore thinned to a rung, less those recalled.
    let declaredDegraded: UInt64
    /// Whether every declaration that the ship made is ashore.
    let isSummaryComplete: Bool
    /// Whether nothing was stored since the ship made its account: only then can there be too much.
    let isExact: Bool
}

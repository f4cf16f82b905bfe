/// A ship's account of one lane, counted in records (samples, events, series definitions).
///
/// The first promise as numbers: `produced == stored + pending + degraded + lost`, at every moment.
package struct LedgerTotals: Hashable, Sendable {
    /// Accepted aboard since the store was made.
    package var produced: UInt64
    /// Committed ashore, as far as the ship was told.
    package var stored: UInt64
    /// Still aboard, and to be sent as it is.
    package var pending: UInt64
    /// Thinned, and declared so: a rollup or a count stands for it.
    package var degraded: UInt64
    /// Given up, and declared so.
    package var lost: UInt64

    package init(
        produced: UInt64 = 0,
        stored: UInt64 = 0,
        pending: UInt64 = 0,
        degraded: UInt64 = 0,
        lost: UInt64 = 0
    ) {
        self.produced = produced
        self.stored = stored
        self.pending = pending
        self.degraded = degraded
        self.lost = lost
    }

    /// Saturating: a ship may claim any number, once for every epoch, and must not stop a report.
    package func adding(_ other: Self) -> Self {
        func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
            let (sum, overflow) = left.addingReportingOverflow(right)
            return overflow ? .max : sum
        }
        return Self(
            produced: sum(produced, other.produced),
            stored: sum(stored, other.stored),
            pending: sum(pending, other.pending),
            degraded: sum(degraded, other.degraded),
            lost: sum(lost, other.lost)
        )
    }

    package var balances: Bool { produced == stored + pending + degraded + lost }
}

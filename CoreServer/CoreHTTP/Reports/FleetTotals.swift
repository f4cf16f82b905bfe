import CoreDomain
import FleetModel

/// A fleet's sums. They saturate: a hostile ship may claim any number, and must not stop a report.
struct FleetTotals: Sendable, Equatable {
    var ships = 0
    var reachable = 0
    var samples = LedgerTotals()
    var bytesUp: Int64 = 0
    var bytesDown: Int64 = 0

    init(_ report: FleetReport) {
        for ship in report.ships {
            let lane = ship.samples
            ships += 1
            reachable += ShipStatus(of: ship, at: report.generatedAt).isReachable ? 1 : 0
            samples.produced = Self.sum(samples.produced, lane.produced)
            samples.stored = Self.sum(samples.stored, lane.stored)
            samples.pending = Self.sum(samples.pending, lane.pending)
            samples.degraded = Self.sum(samples.degraded, lane.degraded)
            samples.lost = Self.sum(samples.lost, lane.lost)
            bytesUp = Self.sum(bytesUp, ship.link.bytesUp)
            bytesDown = Self.sum(bytesDown, ship.link.bytesDown)
        }
    }

    /// `LedgerTotals.balances` for numbers of any size.
    static func balances(_ totals: LedgerTotals) -> Bool {
        let aboardOrHere = sum(totals.stored, totals.pending)
        return totals.produced == sum(sum(aboardOrHere, totals.degraded), totals.lost)
    }

    private static func sum<Number: FixedWidthInteger>(_ left: Number, _ right: Number) -> Number {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? (right < 0 ? .min : .max) : sum
    }
}

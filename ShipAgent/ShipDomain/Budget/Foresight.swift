import FleetModel
import ShipStore

/// What a ship's link can be expected to carry of what waits, and so how far it must be thinned.
package struct Foresight: Sendable, Equatable {
    /// Bytes for raw samples that wait, for rollups, and for both together; `nil` for any number.
    package let raw: UInt64?
    package let rollups: UInt64?
    package let total: UInt64?

    package static let unlimited = Foresight(raw: nil, rollups: nil, total: nil)

    package init(raw: UInt64?, rollups: UInt64?, total: UInt64?) {
        self.raw = raw
        self.rollups = rollups
        self.total = total
    }

    /// - Parameters:
    ///   - horizon: how far is looked ahead: what can't be sent by then is too much.
    ///   - freshPerDay: bytes of fresh samples a day, which go first.
    ///   - backlogShare: of the budget, at least, whatever is fresh.
    package init(
        linkClass: LinkClass,
        horizon: Duration,
        freshPerDay: UInt64,
        backlogShare: Double
    ) {
        guard !linkClass.isPort else {
            self = .unlimited
            return
        }
        let days = horizon.inSeconds / 86_400
        // What the link is billed for beyond payload: frames, TLS, TCP, acknowledgements.
        let overhead = Double(WireCost.ofFrame(payload: 16_384)) / 16_384
        func ahead(_ daily: UInt64?, fresh: UInt64 = 0) -> UInt64? {
            daily.map { daily in
                let payload = Double(daily) / overhead
                let left = max(payload - Double(fresh), payload * backlogShare)
                return UInt64(min(left * days, 1e18))
            }
        }
        // A lane that this class doesn't carry waits for another link, for as long as the disk does.
        let carriesRaw = linkClass.lanes.contains(.backlog)
        let carriesRollups = linkClass.lanes.contains(.summary)
        raw = carriesRaw ? ahead(linkClass.laneBytes[.backlog]) : nil
        rollups = carriesRollups ? ahead(linkClass.laneBytes[.summary]) : nil
        let fresh = linkClass.lanes.contains(.metrics) ? freshPerDay : 0
        total = carriesRaw ? ahead(linkClass.dailyBytes, fresh: fresh) : nil
    }

    /// The finest rung that has to give something up; `nil` where all of it fits.
    package func finestInExcess(_ waiting: PoolTotals) -> Rung? {
        if let raw, waiting.raw > raw, (waiting.rungs[.raw] ?? 0) > 0 { return .raw }
        if let total, waiting.raw + waiting.rollups > total { return .raw }
        if let rollups, waiting.rollups > rollups { return .oneMinute }
        return nil
    }
}

import FleetModel

/// The ship's first frame. Data follow at once, from the positions given here.
package struct Hello: Sendable, Equatable {
    /// One lane as the ship sees it.
    package struct LaneReport: Sendable, Equatable {
        /// What the ship believes the shore has.
        package let position: LanePosition
        /// The oldest segment still aboard; at most `position.sequence` unless the shore fell back.
        package let firstHeld: UInt64
        /// One past the newest sealed segment.
        package let end: UInt64

        package init(position: LanePosition, firstHeld: UInt64, end: UInt64) {
            self.position = position
            self.firstHeld = firstHeld
            self.end = end
        }
    }

    /// Versions that the ship speaks.
    package let oldestVersion: UInt32
    package let newestVersion: UInt32
    /// Of the agent's program, for reports.
    package let agentVersion: String
    package let epoch: LaneEpoch
    /// The ship's clock when it wrote this.
    package let at: Timestamp
    package let lanes: [LaneReport]
    package let ledger: LedgerReport
    /// Drawn by the agent's process when it starts: two that speak at once are told apart from one
    /// that comes again. `nil` from ships of before.
    package let instance: UInt64?
    /// Where the ship had to begin anew.
    package let closed: ClosedEpoch?
    /// Ships of before are not asked for what they hold. Told with an instance only.
    package let answersWants: Bool
    /// Ships of before are not told of the audit's seals. Told with an instance only.
    package let keepsSeals: Bool
    /// `nil` from ships that take no orders. Told with an instance only.
    package let orders: OrderStanding?

    package init(
        oldestVersion: UInt32 = ProtocolVersion.oldest,
        newestVersion: UInt32 = ProtocolVersion.newest,
        agentVersion: String,
        epoch: LaneEpoch,
        at: Timestamp,
        lanes: [LaneReport],
        ledger: LedgerReport,
        instance: UInt64? = nil,
        closed: ClosedEpoch? = nil,
        answersWants: Bool = false,
        keepsSeals: Bool = false,
        orders: OrderStanding? = nil
    ) {
        self.oldestVersion = oldestVersion
        self.newestVersion = newestVersion
        self.agentVersion = agentVersion
        self.epoch = epoch
        self.at = at
        self.lanes = lanes
        self.ledger = ledger
        self.instance = instance
        self.closed = closed
        self.answersWants = answersWants
        self.keepsSeals = keepsSeals
        self.orders = orders
    }
}

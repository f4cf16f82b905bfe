import FleetModel

/// Says which lane may send how much now: the class of link, its budgets, the windows and the rate,
/// as a value without clock or store.
package struct SendPolicy: Sendable {
    package private(set) var linkClass: LinkClass
    private let windows: [DailyWindow]
    /// The UTC day that `spending` is of.
    package private(set) var day: Int32
    package private(set) var spending: DaySpending
    /// Bytes that may be sent at once, as of `filledAt` of a clock that never jumps.
    private var tokens: Double
    private var filledAt: Duration

    /// Less than this is not worth a frame.
    private static let leastPayload = 256
    /// Kept of a daily budget for events and the catalogue: a twentieth, 256 kB at most.
    private static let reserveShare: UInt64 = 20
    private static let reserveLimit: UInt64 = 256 * 1024

    package init(
        linkClass: LinkClass,
        windows: [DailyWindow],
        day: Int32,
        spending: DaySpending,
        at now: Duration
    ) {
        self.linkClass = linkClass
        self.windows = windows
        self.day = day
        self.spending = spending
        tokens = Double(linkClass.rate ?? 0)
        filledAt = now
    }

    /// Events, and what must be there before anything else can be read.
    private static let alwaysAllowed: Set<Lane> = [.events, .catalogue]

    // MARK: Asking

    /// Bytes of payload that the next frame of the lane may have, up to `limit`; 0 if the lane waits
    /// for its budget, its window or another link.
    package func payload(of lane: Lane, limit: Int, at now: Timestamp) -> Int {
        if Self.alwaysAllowed.contains(lane) || linkClass.isPort { return limit }
        guard linkClass.lanes.contains(lane), isOpen(lane, at: now) else { return 0 }
        guard let left = left(for: lane, on: DayAccount.day(of: now)) else { return limit }
        let payload = WireCost.payload(within: left, limit: limit)
        return payload < min(Self.leastPayload, limit) ? 0 : payload
    }

    /// Lanes that may send something now.
    package func lanes(at now: Timestamp) -> Set<Lane> {
        Set(
            Lane.allCases.filter {
                payload(of: $0, limit: Self.leastPayload, at: now) > 0
            }
        )
    }

    /// Bytes of today, with the budget where there is one, and which lanes wait: for people.
    package func account(at now: Timestamp) -> String {
        let spent = DayAccount.day(of: now) == day ? spending.total : 0
        let budget = linkClass.isPort ? nil : linkClass.dailyBytes
        var text = "\(linkClass.name), \(spent) B\(budget.map { " of \($0)" } ?? "") today"
        let cost = linkClass.cost(ofBytes: spent)
        if cost > 0 {
            let cents = String(cost / 10_000 % 100)
            let padded = cents.count == 1 ? "0" + cents : cents
            text += ", \(cost / 1_000_000).\(padded) \(linkClass.currency)"
        }
        let held = Lane.inOrder.filter { !lanes(at: now).contains($0) }
        if !held.isEmpty {
            text += ", held back: " + held.map { "\($0)" }.joined(separator: " ")
        }
        return text
    }

    private func isOpen(_ lane: Lane, at now: Timestamp) -> Bool {
        let its = windows.filter { $0.lanes.contains(lane) }
        return its.isEmpty || its.contains { $0.contains(now) }
    }

    /// What is left of the lane's budgets today; `nil` where it has none.
    private func left(for lane: Lane, on today: Int32) -> UInt64? {
        let spent = today == day ? spending : DaySpending()
        let ofAll = open(spent)
        guard let budget = linkClass.laneBytes[lane] else { return ofAll }
        return min(Self.left(of: budget, spent.lanes[lane] ?? 0), ofAll ?? .max)
    }

    /// Bytes that what belongs to no lane may still take today, artifacts above all; `nil` for no limit.
    package func room(at now: Timestamp) -> UInt64? {
        linkClass.isPort
            ? nil : open(DayAccount.day(of: now) == day ? spending : DaySpending())
    }

    /// What is left of the day's budget for everything but what always may go.
    private func open(_ spent: DaySpending) -> UInt64? {
        guard let budget = linkClass.dailyBytes else { return nil }
        let reserve = min(budget / Self.reserveShare, Self.reserveLimit)
        let used = Self.alwaysAllowed.reduce(0) { $0 + (spent.lanes[$1] ?? 0) }
        return Self.left(of: Self.left(of: budget, Self.left(of: reserve, used)), spent.total)
    }

    private static func left(of budget: UInt64, _ used: UInt64) -> UInt64 {
        budget > used ? budget - used : 0
    }

    /// How long to wait before so many bytes may go at the class's rate.
    package func pause(before bytes: UInt64, at now: Duration) -> Duration {
        guard let rate = linkClass.rate, rate > 0 else { return .zero }
        let missing = min(Double(bytes), Double(rate)) - filled(at: now, rate)
        return missing <= 0
            ? .zero : .milliseconds(Int64((missing / Double(rate) * 1000).rounded(.up)))
    }

    /// At most a second's worth is saved up, and at most a second's worth owed.
    private func filled(at now: Duration, _ rate: Int) -> Double {
        min(Double(rate), tokens + (now - filledAt).inSeconds * Double(rate))
    }

    // MARK: Telling

    /// Bytes went over the link, for a lane or (`nil`) for none.
    package mutating func carried(
        _ bytes: UInt64,
        for lane: Lane?,
        isUp: Bool,
        at now: Timestamp,
        steady: Duration
    ) {
        let today = DayAccount.day(of: now)
        if today != day {
            day = today
            spending = DaySpending()
        }
        if let lane {
            spending.lanes[lane, default: 0] += bytes
        } else {
            spending.other += bytes
        }
        guard isUp, let rate = linkClass.rate else { return }
        tokens = filled(at: steady, rate) - Double(bytes)
        filledAt = steady
    }
}

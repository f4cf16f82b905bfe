import FleetModel
import FleetRuntime
import ShipStore
import Synchronization

/// Keeps the budgets of the link across sessions and restarts: what may go now, and what went.
///
/// Asked for every frame, so it answers without waiting; what was spent goes into the store every
/// few seconds.
package final class LinkDesk: Sendable {
    fileprivate struct State {
        var policy: SendPolicy
        /// Spent, and not in the store yet.
        var unsaved: [Entry: UInt64] = [:]
        var use = LinkUse()
        /// Since when the connection counts; `nil` while there is none.
        var connectedAt: Duration?
        var toldAt: Duration?
        var toldLanes: Set<Lane> = []
    }

    fileprivate struct Entry: Hashable {
        let day: Int32
        let linkClass: String
        let lane: Lane?
    }

    package let plan: LinkPlan
    package let backlogShare: Double
    private let store: ShipStore
    private let clock: WallClock
    private let sense: LinkSense
    private let started = ContinuousClock.now
    private let state: Mutex<State>

    package init(
        plan: LinkPlan,
        backlogShare: Double = 0.2,
        store: ShipStore,
        clock: WallClock,
        sense: LinkSense? = nil
    ) async throws {
        self.plan = plan
        self.backlogShare = backlogShare
        self.store = store
        self.clock = clock
        self.sense = sense ?? LinkSense(plan: plan)
        let linkClass = self.sense.look()
        let day = DayAccount.day(of: clock.now())
        let spending = try await Self.spending(store, day, linkClass)
        state = Mutex(
            State(
                policy: SendPolicy(
                    linkClass: linkClass,
                    windows: plan.windows,
                    day: day,
                    spending: spending,
                    at: .zero
                )
            )
        )
    }

    private static func spending(
        _ store: ShipStore,
        _ day: Int32,
        _ linkClass: LinkClass
    ) async throws -> DaySpending {
        let spent = try await store.spending(day: day, linkClass: linkClass.name)
        return DaySpending(lanes: spent.lanes, other: spent.other)
    }

    private var steadyNow: Duration { ContinuousClock.now - started }

    /// The class that is in use, as last seen.
    package var linkClass: LinkClass { state.withLock { $0.policy.linkClass } }

    // MARK: Asking

    package func lanes() -> Set<Lane> {
        let now = clock.now()
        return state.withLock { $0.policy.lanes(at: now) }
    }

    /// Bytes of payload that the lane's next frame may have.
    package func payload(of lane: Lane, limit: Int) -> Int {
        let now = clock.now()
        return state.withLock { state in
            let rate = state.policy.linkClass.rate
            // No frame takes longer than a second at the class's rate: alerts come between frames.
            let limit = rate.map { min(limit, max(Self.leastFrame, $0)) } ?? limit
            return state.policy.payload(of: lane, limit: limit, at: now)
        }
    }

    private static let leastFrame = 512

    /// What there is for artifacts now.
    package func view() -> LinkView {
        let now = clock.now()
        return state.withLock { state in
            LinkView(linkClass: state.policy.linkClass.name, room: state.policy.room(at: now))
        }
    }

    /// How long to wait before a frame of so much payload may go at the class's rate.
    package func pause(beforePayload count: Int) -> Duration {
        let steady = steadyNow
        return state.withLock {
            $0.policy.pause(before: WireCost.ofFrame(payload: count), at: steady)
        }
    }

    // MARK: Telling

    package func sessionOpened() {
        carried(WireCost.handshake, for: nil, isUp: true)
        let steady = steadyNow
        state.withLock { $0.connectedAt = steady }
    }

    package func sessionEnded() {
        let steady = steadyNow
        state.withLock { $0.countConnection(at: steady, isOver: true) }
    }

    package func sent(_ lane: Lane, payload count: Int) {
        carried(WireCost.ofFrame(payload: count), for: lane, isUp: true)
    }

    /// A frame without payload of a lane.
    package func sent(bytes count: Int) {
        carried(WireCost.ofWrite(count), for: nil, isUp: true)
    }

    package func received(bytes count: Int) {
        carried(WireCost.ofWrite(count), for: nil, isUp: false)
    }

    private func carried(_ bytes: UInt64, for lane: Lane?, isUp: Bool) {
        let now = clock.now()
        let steady = steadyNow
        state.withLock { state in
            state.policy.carried(bytes, for: lane, isUp: isUp, at: now, steady: steady)
            let entry = Entry(
                day: state.policy.day,
                linkClass: state.policy.linkClass.name,
                lane: lane
            )
            state.unsaved[entry, default: 0] += bytes
            state.use.add(bytes, isUp: isUp)
        }
    }

    // MARK: Upkeep

    /// Writes down what was spent, and looks which class of link is in use now. Called every few
    /// seconds, and when a session ends.
    package func refresh() async throws {
        try await save()
        await tellAccount()
        let seen = sense.look()
        let day = DayAccount.day(of: clock.now())
        let (known, knownDay) = state.withLock { ($0.policy.linkClass, $0.policy.day) }
        guard seen != known || day != knownDay else { return }
        let spending = try await Self.spending(store, day, seen)
        let steady = steadyNow
        state.withLock { state in
            state.policy = SendPolicy(
                linkClass: seen,
                windows: plan.windows,
                day: day,
                spending: spending,
                at: steady
            )
        }
    }

    /// Where the account for `status` is kept.
    package static let accountKey = "link_account"
    private static let accountEvery = Duration.seconds(60)

    /// For people to look at: it is written down once a minute, or when a lane begins to wait.
    private func tellAccount() async {
        let now = clock.now()
        let steady = steadyNow
        let due = state.withLock { state -> String? in
            let lanes = state.policy.lanes(at: now)
            let isOld = state.toldAt.map { steady - $0 >= Self.accountEvery } ?? true
            guard isOld || lanes != state.toldLanes else { return nil }
            state.toldAt = steady
            state.toldLanes = lanes
            return state.policy.account(at: now)
        }
        if let due { try? await store.setFact(Self.accountKey, due) }
    }

    private func save() async throws {
        let steady = steadyNow
        let (due, use, day, linkClass) = state.withLock { state in
            defer {
                state.unsaved = [:]
                state.use = LinkUse()
            }
            state.countConnection(at: steady, isOver: false)
            return (state.unsaved, state.use, state.policy.day, state.policy.linkClass)
        }
        guard !due.isEmpty else { return }
        try? await store.use(
            linkClass.name,
            day: day,
            up: use.bytesUp,
            down: use.bytesDown,
            connected: use.connected,
            microsPerMegabyte: linkClass.microsPerMegabyte ?? 0,
            currency: linkClass.currency
        )
        do {
            try await store.spend(
                due.map {
                    ShipStore.Expense(
                        day: $0.key.day,
                        linkClass: $0.key.linkClass,
                        lane: $0.key.lane,
                        bytes: $0.value
                    )
                }
            )
        } catch {
            state.withLock { state in
                for (entry, bytes) in due { state.unsaved[entry, default: 0] += bytes }
            }
            throw error
        }
    }
}

extension LinkDesk.State {
    fileprivate mutating func countConnection(at steady: Duration, isOver: Bool) {
        guard let since = connectedAt else { return }
        use.add(connected: steady - since)
        connectedAt = isOver ? nil : steady
    }
}

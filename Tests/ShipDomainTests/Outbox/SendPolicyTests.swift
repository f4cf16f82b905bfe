import FleetModel
import ShipDomain
import Testing

struct SendPolicyTests {
    /// A midnight.
    private let midnight = Timestamp(milliseconds: 1_795_219_200_000)

    private func policy(
        _ linkClass: LinkClass,
        windows: [DailyWindow] = [],
        spending: DaySpending = DaySpending()
    ) -> SendPolicy {
        SendPolicy(
            linkClass: linkClass,
            windows: windows,
            day: DayAccount.day(of: midnight),
            spending: spending,
            at: .zero
        )
    }

    @Test func `without a budget everything goes`() {
        #expect(policy(.unlimited).lanes(at: midnight) == Set(Lane.allCases))
    }

    @Test func `a lane's budget ends the lane and no other, until the day ends`() {
        var policy = policy(LinkClass(name: "vsat", laneBytes: [.logs: 20_000]))
        var sent: UInt64 = 0
        while true {
            let payload = policy.payload(of: .logs, limit: 16_384, at: midnight)
            if payload == 0 { break }
            let cost = WireCost.ofFrame(payload: payload)
            sent += cost
            policy.carried(cost, for: .logs, isUp: true, at: midnight, steady: .zero)
        }
        #expect(sent <= 20_000)
        #expect(sent > 19_000)
        #expect(policy.lanes(at: midnight) == Set(Lane.allCases).subtracting([.logs]))
        #expect(policy.lanes(at: midnight + .seconds(86_400)).contains(.logs))
    }

    @Test func `the day's budget stops all but events and the catalogue, for which some is kept`() {
        var policy = policy(LinkClass(name: "vsat", dailyBytes: 100_000))
        policy.carried(94_000, for: .metrics, isUp: true, at: midnight, steady: .zero)
        #expect(policy.payload(of: .metrics, limit: 16_384, at: midnight) > 0)
        policy.carried(1000, for: nil, isUp: false, at: midnight, steady: .zero)
        #expect(policy.lanes(at: midnight) == [.events, .catalogue])
        policy.carried(50_000, for: .events, isUp: true, at: midnight, steady: .zero)
        #expect(policy.lanes(at: midnight) == [.events, .catalogue], "events always go")
    }

    @Test func `what a restart finds as spent counts`() {
        let spent = DaySpending(lanes: [.metrics: 80_000], other: 15_000)
        let policy = policy(LinkClass(name: "vsat", dailyBytes: 100_000), spending: spent)
        #expect(policy.lanes(at: midnight) == [.events, .catalogue])
    }

    @Test func `a lane waits for its window, also over midnight`() {
        let policy = policy(
            .unlimited,
            windows: [DailyWindow(from: 22 * 60, to: 2 * 60, lanes: [.backlog, .logs])]
        )
        #expect(policy.lanes(at: midnight + .seconds(3600)).contains(.backlog))
        #expect(!policy.lanes(at: midnight + .seconds(2 * 3600)).contains(.backlog))
        #expect(policy.lanes(at: midnight + .seconds(2 * 3600)).contains(.metrics))
        #expect(!policy.lanes(at: midnight + .seconds(22 * 3600 - 1)).contains(.logs))
        #expect(policy.lanes(at: midnight + .seconds(22 * 3600)).contains(.logs))
    }

    @Test func `in port neither budgets nor windows hold anything back`() {
        let port = LinkClass(
            name: "port",
            lanes: [.metrics],
            dailyBytes: 1,
            laneBytes: [.logs: 1],
            isPort: true
        )
        let policy = policy(port, windows: [DailyWindow(from: 1, to: 2, lanes: [.backlog])])
        #expect(policy.lanes(at: midnight) == Set(Lane.allCases))
    }

    @Test func `a class carries its own lanes`() {
        let policy = policy(LinkClass(name: "iridium", lanes: [.summary]))
        #expect(policy.lanes(at: midnight) == [.events, .catalogue, .summary])
    }

    @Test func `the rate holds over time, and a second's worth may go at once`() {
        var policy = policy(LinkClass(name: "slow", rate: 1000))
        var now = Duration.zero
        var sent: UInt64 = 0
        for _ in 0..<100 {
            now += policy.pause(before: 600, at: now)
            policy.carried(600, for: .metrics, isUp: true, at: midnight, steady: now)
            sent += 600
        }
        let rate = Double(sent - 1000) / now.inSeconds
        #expect(rate <= 1001)
        #expect(rate > 950)
    }

    @Test func `the price is of both ways, and never traps`() {
        let linkClass = LinkClass(name: "vsat", microsPerMegabyte: 2_140_000, currency: "USD")
        #expect(linkClass.cost(ofBytes: 1_500_000) == 3_210_000)
        #expect(linkClass.cost(ofBytes: .max) > 0)
    }

    @Test func `a payload never costs more than is left`() {
        for left in stride(from: UInt64(0), to: 40_000, by: 777) {
            let payload = WireCost.payload(within: left, limit: 16_384)
            #expect(payload == 0 || WireCost.ofFrame(payload: payload) <= left)
            if payload < 16_384 { #expect(WireCost.ofFrame(payload: payload + 1) > left) }
        }
    }

    @Test func `the backlog gets its share of what is sent, and no more`() {
        var share = LaneShare(share: 0.2)
        var bytes: [Lane: Int] = [:]
        for _ in 0..<1000 {
            let lane: Lane = share.isBacklogsTurn ? .backlog : .metrics
            bytes[lane, default: 0] += 16_384
            share.wasSent(lane, bytes: 16_384)
        }
        let part = Double(bytes[.backlog] ?? 0) / Double(1000 * 16_384)
        #expect(part > 0.19)
        #expect(part < 0.21)
    }
}

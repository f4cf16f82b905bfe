import FleetDeploy
import FleetModel
import Testing

struct ActivationRuleTests {
    /// Thursday, 1 January 1970, 00:00 UTC, and days after it.
    private func moment(day: Int64 = 0, hour: Int64 = 0, minute: Int64 = 0) -> Timestamp {
        Timestamp(seconds: ((day * 24 + hour) * 60 + minute) * 60)
    }

    @Test func `a rule without conditions allows everything`() {
        #expect(ActivationRule.always.verdict(ShipFacts(), at: moment()).isAllowed)
    }

    @Test(arguments: ShipFacts.Navigation.allCases)
    func `only the situations named are good`(navigation: ShipFacts.Navigation) {
        let rule = ActivationRule(navigation: [.inPort, .atAnchor])
        let verdict = rule.verdict(ShipFacts(navigation: navigation), at: moment())
        #expect(verdict.isAllowed == (navigation != .underWay))
    }

    @Test func `what nobody knows is not good enough`() {
        let rule = ActivationRule(navigation: Set(ShipFacts.Navigation.allCases))
        #expect(!rule.verdict(ShipFacts(), at: moment()).isAllowed)
    }

    @Test(arguments: [(-3601, false), (-3600, true), (0, true), (3600, true), (3601, false)])
    func `facts may be an hour old, and no more ahead`(age: Int64, isGood: Bool) {
        let rule = ActivationRule(navigation: [.inPort], longestFactAge: 3600)
        let facts = ShipFacts(navigation: .inPort, knownAt: moment(day: 1) - .seconds(age))
        #expect(rule.verdict(facts, at: moment(day: 1)).isAllowed == isGood)
    }

    @Test func `facts without a time are of no known age`() {
        let rule = ActivationRule(navigation: [.inPort], longestFactAge: .max)
        #expect(!rule.verdict(ShipFacts(navigation: .inPort), at: moment()).isAllowed)
    }

    @Test func `a window goes past midnight by the ship's time`() throws {
        let night = try #require(LocalWindow(start: 22 * 60, length: 8 * 60))
        let rule = ActivationRule(windows: [night])
        // UTC+9: 22:00 there is 13:00.
        let facts = ShipFacts(zoneMinutes: 540)
        #expect(!rule.verdict(facts, at: moment(hour: 12, minute: 59)).isAllowed)
        #expect(rule.verdict(facts, at: moment(hour: 13)).isAllowed)
        #expect(rule.verdict(facts, at: moment(hour: 20, minute: 59)).isAllowed)
        #expect(!rule.verdict(facts, at: moment(hour: 21)).isAllowed)
    }

    @Test func `a window's weekday is the day that it begins on`() throws {
        // 4 January 1970 was a Sunday.
        let sunday = try #require(LocalWindow(weekdays: 1 << 6, start: 23 * 60, length: 120))
        for day in Int64(-14)...14 {
            let isSunday = (day - 3) % 7 == 0
            #expect(
                sunday.contains(moment(day: day, hour: 23, minute: 30), zoneMinutes: 0) == isSunday
            )
            #expect(sunday.contains(moment(day: day + 1, minute: 30), zoneMinutes: 0) == isSunday)
            #expect(!sunday.contains(moment(day: day, hour: 22), zoneMinutes: 0))
        }
    }

    @Test func `after its end a rule has expired and before its beginning it waits`() {
        let rule = ActivationRule(notBefore: moment(day: 1), notAfter: moment(day: 2))
        guard case .waiting = rule.verdict(ShipFacts(), at: moment()) else {
            Issue.record("it does not wait")
            return
        }
        #expect(rule.verdict(ShipFacts(), at: moment(day: 2)).isAllowed)
        guard case .expired = rule.verdict(ShipFacts(), at: moment(day: 2, minute: 1)) else {
            Issue.record("it has not expired")
            return
        }
    }

    @Test func `attendance and labels have to be as asked`() {
        let rule = ActivationRule(needsAttendance: true, labels: ["machinery": "stopped"])
        var facts = ShipFacts(labels: ["machinery": "stopped"])
        #expect(!rule.verdict(facts, at: moment()).isAllowed)
        facts.isAttended = true
        #expect(rule.verdict(facts, at: moment()).isAllowed)
        facts.labels["machinery"] = "running"
        #expect(!rule.verdict(facts, at: moment()).isAllowed)
    }

    @Test func `bytes come over the links named and no further than the day's share`() {
        let rule = DownloadRule(bearers: ["vsat"], dailyBytes: 1000)
        let facts = ShipFacts()
        #expect(rule.verdict(facts, bearer: "vsat", spent: 999, at: moment()).isAllowed)
        #expect(!rule.verdict(facts, bearer: "vsat", spent: 1000, at: moment()).isAllowed)
        #expect(!rule.verdict(facts, bearer: "l-band", spent: 0, at: moment()).isAllowed)
        #expect(!rule.verdict(facts, bearer: nil, spent: 0, at: moment()).isAllowed)
    }
}

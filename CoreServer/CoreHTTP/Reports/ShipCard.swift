import CoreDomain
import FleetModel

/// What the template `ship` shows.
struct ShipCard: Sendable {
    /// A name and a value.
    struct Fact: Sendable {
        let term: String
        let detail: String
        /// Smaller, below the value; may be empty.
        let remark: String
    }

    /// One lane's account.
    struct Account: Sendable {
        let lane: String
        let produced: String
        let stored: String
        let pending: String
        let thinned: String
        let lost: String
        let balances: Bool
    }

    /// Where the ship's account and the shore's do not agree.
    struct Difference: Sendable {
        let since: String
        let machineTime: String
        let sentence: String
    }

    struct Event: Sendable {
        let at: String
        let machineTime: String
        let severity: String
        let kind: String
        let message: String
    }

    /// Events that show without being asked for.
    private static let openEvents = 5

    /// For the page's anchors and the charts' identifiers.
    let anchor: String
    let name: String
    /// The ship's own report, linked from the fleet's.
    let page: String
    let hasPage: Bool
    let status: String
    let statusClass: String
    let facts: [Fact]
    let accounts: [Account]
    let quarantined: String?
    let thinned: String?
    let differences: [Difference]
    let hasDifferences: Bool
    let charts: [ShipChart]
    let wasHeard: Bool
    let mayEnrol: Bool
    let events: [Event]
    let moreEvents: [Event]
    let moreEventsCount: Int
    let hasMoreEvents: Bool
    let hasEvents: Bool

    init(_ ship: ShipReport, number: Int, report: FleetReport, isLinked: Bool) {
        let status = ShipStatus(of: ship, at: report.generatedAt)
        anchor = "ship-\(number)"
        name = ship.name.printable
        // A ship's name is a slug, so it stands in a path as it is.
        page = "/api/v1/ships/\(ship.name.printable)/report?format=html"
        hasPage = isLinked
        self.status = status.label
        statusClass = status.word
        facts = Self.facts(ship, now: report.generatedAt)
        accounts = [
            Self.account("Samples", ship.ledger[.metrics]),
            Self.account("Events", ship.ledger[.events]),
            Self.account("Logs", ship.ledger[.logs]),
            Self.account("Catalogue", ship.ledger[.catalogue]),
        ]
        quarantined =
            ship.quarantined > 0
            ? "\(HumanText.count(ship.quarantined, of: "record")) set aside as damaged" : nil
        thinned = Self.thinned(ship)
        differences = ship.differences.map { difference in
            Difference(
                since: HumanText.date(difference.foundAt),
                machineTime: difference.foundAt.description,
                sentence: difference.sentence.printable
            )
        }
        hasDifferences = !differences.isEmpty
        charts = ShipChart.all(of: ship, number: number, report: report)
        wasHeard = ship.lastContact != nil
        mayEnrol = !ship.isRevoked
        let all = ship.events.map(Self.event)
        events = Array(all.prefix(Self.openEvents))
        moreEvents = Array(all.dropFirst(Self.openEvents))
        moreEventsCount = moreEvents.count
        hasMoreEvents = !moreEvents.isEmpty
        hasEvents = !all.isEmpty
    }

    private static func facts(_ ship: ShipReport, now: Timestamp) -> [Fact] {
        let link = ship.link
        return [
            Fact(
                term: "Last contact",
                detail: ship.lastContact.map { HumanText.ago($0, now: now) } ?? "never",
                remark: ship.lastContact.map { "\(HumanText.date($0)) UTC" } ?? ""
            ),
            Fact(
                term: "Link up",
                detail: HumanText.percent(link.availability),
                remark: HumanText.count(link.sessions, of: "session")
            ),
            Fact(term: "Sent", detail: HumanText.bytes(link.bytesUp), remark: "ship to shore"),
            Fact(
                term: "Received",
                detail: HumanText.bytes(link.bytesDown),
                remark: "shore to ship"
            ),
            Fact(
                term: "Clock",
                detail: HumanText.clock(ship.clockOffset),
                remark: ship.clockOffset == nil ? "" : "against the shore's"
            ),
            Fact(
                term: "Position",
                detail: ship.position.map(HumanText.place) ?? HumanText.unknown,
                remark: ship.position.map { HumanText.ago($0.at, now: now) } ?? ""
            ),
            Fact(
                term: "Agent",
                detail: ship.agentVersion?.printable ?? HumanText.unknown,
                remark: ""
            ),
        ]
    }

    /// What is no longer raw: of all samples, and of those of the range.
    private static func thinned(_ ship: ShipReport) -> String? {
        let samples = ship.samples
        guard samples.degraded > 0 || !ship.thinned.isEmpty else { return nil }
        let share = Double(samples.degraded) / Double(max(1, samples.produced))
        let parts = ship.thinned.map {
            "\(HumanText.count($0.samples)) as \(HumanText.rung($0.rung))"
        }
        let range = parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
        return "\(HumanText.percent(share)) of all samples are thinned, each declared. "
            + "In this range: \(range)."
    }

    private static func account(_ lane: String, _ totals: LedgerTotals?) -> Account {
        let totals = totals ?? LedgerTotals()
        return Account(
            lane: lane,
            produced: HumanText.count(totals.produced),
            stored: HumanText.count(totals.stored),
            pending: HumanText.count(totals.pending),
            thinned: HumanText.count(totals.degraded),
            lost: HumanText.count(totals.lost),
            balances: FleetTotals.balances(totals)
        )
    }

    private static func event(_ event: FleetEvent) -> Event {
        Event(
            at: HumanText.shortDate(event.at),
            machineTime: event.at.description,
            severity: event.severity.description,
            kind: event.kind.printable,
            message: event.message.printable
        )
    }
}

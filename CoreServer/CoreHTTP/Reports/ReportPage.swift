import CoreDomain
import FleetModel

/// What the template `report` shows. All texts are plain: the template escapes them.
struct ReportPage: Sendable {
    /// One number of the summary.
    struct Figure: Sendable {
        let label: String
        let number: String
        let note: String
        /// `good`, `warn`, `bad` or empty.
        let tone: String
    }

    let title: String
    let heading: String
    let tenant: String
    let period: String
    let made: String
    let ranges: [ReportLinks.Link]
    let formats: [ReportLinks.Link]
    let figures: [Figure]
    /// Whether this is a fleet's page. One ship's summary would repeat its card, and so would its
    /// card's name.
    let hasFigures: Bool
    let ships: [ShipCard]
    let isEmpty: Bool

    init(_ report: FleetReport, path: String, onlyShip: String?) {
        let links = ReportLinks(path: path, range: report.range, generatedAt: report.generatedAt)
        tenant = report.tenant.printable
        heading = onlyShip?.printable ?? "Fleet"
        title = "\(heading) · \(tenant)"
        let ends = [report.range.from, report.range.to].map(HumanText.date)
        period = "\(ends[0]) – \(ends[1]) UTC"
        made = "\(HumanText.date(report.generatedAt)) UTC"
        ranges = links.ranges
        formats = links.formats
        hasFigures = onlyShip == nil
        figures = onlyShip == nil ? Self.figures(FleetTotals(report)) : []
        ships = report.ships.enumerated().map { index, ship in
            ShipCard(ship, number: index + 1, report: report, isLinked: onlyShip == nil)
        }
        isEmpty = report.ships.isEmpty
    }

    private static func lossNote(_ samples: LedgerTotals) -> String {
        let lost = samples.lost == 0 ? "nothing was given up" : "samples given up, declared"
        return samples.degraded == 0
            ? lost : "\(lost); \(HumanText.count(samples.degraded)) thinned"
    }

    private static func figures(_ totals: FleetTotals) -> [Figure] {
        let samples = totals.samples
        return [
            Figure(
                label: "Ships",
                number: HumanText.count(totals.ships),
                note: "\(totals.reachable) reachable within the hour",
                tone: ""
            ),
            Figure(
                label: "Samples stored",
                number: HumanText.count(samples.stored),
                note: "of \(HumanText.count(samples.produced)) produced",
                tone: ""
            ),
            Figure(
                label: "Still aboard",
                number: HumanText.count(samples.pending),
                note: "samples on their way",
                tone: ""
            ),
            Figure(
                label: "Lost",
                number: HumanText.count(samples.lost),
                note: lossNote(samples),
                tone: samples.lost == 0 ? "good" : "warn"
            ),
            Figure(
                label: "Sent ashore",
                number: HumanText.bytes(totals.bytesUp),
                note: "\(HumanText.bytes(totals.bytesDown)) received aboard",
                tone: ""
            ),
        ]
    }
}

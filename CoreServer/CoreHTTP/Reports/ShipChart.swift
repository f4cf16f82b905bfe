import CoreDomain
import FleetModel

/// What the template `chart` shows: one chart with its words.
struct ShipChart: Sendable {
    /// What `Reports` counts a link's availability by.
    private static let availabilityInterval = Duration.seconds(300)
    /// Shares of the fullest disk from which it is coloured: as node_exporter's own alerts have it.
    private static let diskWarning = 0.85
    private static let diskAlarm = 0.95

    let identifier: String
    let label: String
    let value: String
    /// The chart's colour: `host`, `link`, `warn` or `bad`.
    let tone: String
    let geometry: SVGChart
    let hasData: Bool
    let extent: String
    let start: String
    let end: String
    /// For screen readers.
    let summary: String

    static func all(of ship: ShipReport, number: Int, report: FleetReport) -> [Self] {
        let maker = Maker(number: number, report: report)
        let mount = ship.diskMount.map { " \($0.printable.truncated(to: 24))" } ?? ""
        let fullness = ship.disk.finite.latest ?? 0
        let diskTone = fullness >= diskAlarm ? "bad" : fullness >= diskWarning ? "warn" : "host"
        return [
            maker.share("CPU", ship.processor),
            maker.share("Memory", ship.memory),
            maker.share("Disk\(mount)", ship.disk, tone: diskTone),
            maker.rate("Network in", ship.networkReceive),
            maker.rate("Network out", ship.networkTransmit),
            maker.link(ship),
        ]
    }

    private struct Maker {
        let number: Int
        let report: FleetReport

        func share(_ label: String, _ line: ShipReport.Line, tone: String = "host") -> ShipChart {
            chart(label, line, tone: tone, top: 1, format: HumanText.percent)
        }

        func rate(_ label: String, _ line: ShipReport.Line) -> ShipChart {
            chart(label, line, tone: "host", top: nil, format: HumanText.rate)
        }

        func link(_ ship: ShipReport) -> ShipChart {
            let geometry = SVGChart.bars(
                ship.availabilityLine,
                range: report.range,
                until: report.generatedAt,
                interval: ShipChart.availabilityInterval
            )
            let value = HumanText.percent(ship.link.availability)
            return make(
                "Link",
                value: value,
                tone: "link",
                geometry,
                extent: HumanText.count(ship.link.sessions, of: "session"),
                summary: "connected \(value) of the time"
            )
        }

        private func chart(
            _ label: String,
            _ line: ShipReport.Line,
            tone: String,
            top: Double?,
            format: (Double?) -> String
        ) -> ShipChart {
            let known = line.finite
            let lowest = format(known.points.map(\.value).min())
            let highest = format(known.maximum)
            return make(
                label,
                value: format(known.latest),
                tone: tone,
                .line(known, range: report.range, until: report.generatedAt, top: top),
                extent: "\(lowest) to \(highest)",
                summary: "latest \(format(known.latest)), from \(lowest) to \(highest)"
            )
        }

        private func make(
            _ label: String,
            value: String,
            tone: String,
            _ geometry: SVGChart,
            extent: String,
            summary: String
        ) -> ShipChart {
            let slug = label.lowercased().filter { $0.isASCII && $0.isLetter }
            return ShipChart(
                identifier: "chart-\(number)-\(slug)",
                label: label,
                value: value,
                tone: tone,
                geometry: geometry,
                hasData: !geometry.isEmpty,
                extent: extent,
                start: HumanText.shortDate(report.range.from),
                end: HumanText.shortDate(report.range.to),
                summary: summary
            )
        }
    }
}

import CoreDomain
import FleetModel

/// A report for a terminal: at most 100 columns, no colours.
enum ReportText {
    private static let width = 100
    private static let sparklineWidth = 48
    private static let eventsPerShip = 5
    private static let messageLines = 3
    /// As wide as the labels of a ship's lines.
    private static let indent = String(repeating: " ", count: 11)

    static func render(_ report: FleetReport, onlyShip: String?) -> String {
        var lines = heading(report, onlyShip: onlyShip)
        if report.ships.isEmpty {
            lines += ["", "No ship yet. Make the first one: hawser ships create name=…"]
        } else {
            lines += [""] + table(report)
            for ship in report.ships { lines += [""] + details(ship, in: report) }
        }
        return lines.map { line in
            let cut = line.truncated(to: width)
            return String(cut.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    private static func heading(_ report: FleetReport, onlyShip: String?) -> [String] {
        let totals = FleetTotals(report)
        let range = report.range
        let tenant = report.tenant.printable
        let title =
            onlyShip.map { "\($0.printable) of \(tenant)" }
            ?? "Fleet of \(tenant): \(HumanText.count(totals.ships, of: "ship"))"
        let reachable =
            report.ships.isEmpty || onlyShip != nil
            ? "" : ", \(totals.reachable) reachable within the hour"
        let ends = "\(HumanText.date(range.from)) to \(HumanText.date(range.to)) UTC"
        let made = "made \(HumanText.date(report.generatedAt))"
        return [title + reachable, "\(ends) (\(HumanText.duration(range.length))), \(made)"]
    }

    private static func table(_ report: FleetReport) -> [String] {
        let headers = [
            "SHIP", "STATUS", "LAST CONTACT", "LINK", "UP", "DOWN", "CPU", "MEMORY", "DISK",
        ]
        let rows = report.ships.map { ship in
            [
                ship.name.printable.truncated(to: 20),
                ShipStatus(of: ship, at: report.generatedAt).label,
                ship.lastContact.map { HumanText.ago($0, now: report.generatedAt) }
                    ?? HumanText.unknown,
                HumanText.percent(ship.link.availability),
                HumanText.bytes(ship.link.bytesUp),
                HumanText.bytes(ship.link.bytesDown),
                HumanText.percent(ship.processor.finite.mean),
                HumanText.percent(ship.memory.finite.mean),
                HumanText.percent(ship.disk.finite.latest),
            ]
        }
        let widths = headers.indices.map { column in
            ([headers] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([headers] + rows).map { row in
            zip(row, widths).enumerated().map { column, cell in
                cell.0.padded(to: cell.1, onTheLeft: column > 2)
            }.joined(separator: "  ")
        }
    }

    private static func details(_ ship: ShipReport, in report: FleetReport) -> [String] {
        var lines = [ship.name.printable, "  samples  \(ledger(ship.samples))"]
        for thinned in ship.thinned {
            let samples = HumanText.count(thinned.samples, of: "sample")
            lines.append("\(indent)\(samples) of this range as \(HumanText.rung(thinned.rung))")
        }
        if let logs = ship.ledger[.logs], logs.produced > 0 {
            lines.append("  logs     \(ledger(logs))")
        }
        for difference in ship.differences {
            let since = HumanText.shortDate(difference.foundAt)
            lines.append("  ledger   since \(since): \(difference.sentence.printable)")
        }
        if let position = ship.position {
            let place = HumanText.place(position)
            let ago = HumanText.ago(position.at, now: report.generatedAt)
            lines.append("  position \(place), \(ago)")
        }
        if ship.quarantined > 0 {
            let records = HumanText.count(ship.quarantined, of: "record")
            lines.append("\(indent)\(records) set aside as damaged, counted as lost")
        }
        if !ship.processor.finite.points.isEmpty {
            let peak = HumanText.percent(ship.processor.finite.maximum)
            let mean = HumanText.percent(ship.processor.finite.mean)
            let spark = sparkline(ship.processor, report)
            lines.append("  cpu      \(spark)  \(mean) mean, \(peak) at most")
        }
        if !ship.availabilityLine.finite.points.isEmpty {
            let share = HumanText.percent(ship.link.availability)
            let sessions = HumanText.count(ship.link.sessions, of: "session")
            let spark = sparkline(ship.availabilityLine, report)
            lines.append("  link     \(spark)  \(share), \(sessions)")
        }
        for (index, event) in ship.events.prefix(eventsPerShip).enumerated() {
            let label = index == 0 ? "  events   " : indent
            lines += self.lines(of: event, label: label)
        }
        if ship.events.count > eventsPerShip {
            lines.append("\(indent)and \(ship.events.count - eventsPerShip) more")
        }
        return lines
    }

    /// The message goes on over as many lines as it needs, up to three.
    private static func lines(of event: FleetEvent, label: String) -> [String] {
        let date = HumanText.shortDate(event.at).padded(to: 12, onTheLeft: true)
        let severity = event.severity.description.padded(to: 8)
        let head = "\(label)\(date)  \(severity)  "
        let words = "\(event.kind.printable): \(event.message.printable)".split(separator: " ")
        var rows = [""]
        for word in words {
            let row = rows[rows.count - 1]
            if row.isEmpty || head.count + row.count + 1 + word.count <= width {
                rows[rows.count - 1] = row.isEmpty ? String(word) : "\(row) \(word)"
            } else if rows.count < messageLines {
                rows.append(String(word))
            } else {
                rows[rows.count - 1] = row.truncated(to: width - head.count - 2) + " …"
                break
            }
        }
        let hanging = String(repeating: " ", count: head.count)
        return rows.enumerated().map { ($0 == 0 ? head : hanging) + $1 }
    }

    private static func ledger(_ totals: LedgerTotals) -> String {
        let sign = FleetTotals.balances(totals) ? "=" : "≠"
        return "\(HumanText.count(totals.produced)) produced \(sign) "
            + "\(HumanText.count(totals.stored)) stored + "
            + "\(HumanText.count(totals.pending)) pending + "
            + (totals.degraded > 0 ? "\(HumanText.count(totals.degraded)) thinned + " : "")
            + "\(HumanText.count(totals.lost)) lost"
    }

    private static func sparkline(_ line: ShipReport.Line, _ report: FleetReport) -> String {
        Sparkline.shares(line, range: report.range, width: sparklineWidth)
    }
}

import CoreDomain
import FleetModel

/// A report for spreadsheets: RFC 4180 with a header line, one line per ship.
///
/// Shares are 0…1, times RFC 3339, an unknown value is an empty cell. Columns are added at the end,
/// never renamed or moved.
enum ReportCSV {
    private enum Cell {
        case text(String)
        case number(String)
        case empty
    }

    private typealias Column = (name: String, cell: @Sendable (FleetReport, ShipReport) -> Cell)

    private static let columns: [Column] = [
        ("tenant", { report, _ in .text(report.tenant) }),
        ("from", { report, _ in .text(report.range.from.description) }),
        ("to", { report, _ in .text(report.range.to.description) }),
        ("ship", { _, ship in .text(ship.name) }),
        ("status", { .text(ShipStatus(of: $1, at: $0.generatedAt).word) }),
        ("last_contact", { _, ship in text(ship.lastContact?.description) }),
        ("agent_version", { _, ship in text(ship.agentVersion) }),
        ("clock_offset_seconds", { _, ship in decimal(ship.clockOffset?.inSeconds, 3) }),
        ("link_availability", { _, ship in decimal(ship.link.availability, 4) }),
        ("link_sessions", { _, ship in .number("\(ship.link.sessions)") }),
        ("link_bytes_up", { _, ship in .number("\(ship.link.bytesUp)") }),
        ("link_bytes_down", { _, ship in .number("\(ship.link.bytesDown)") }),
        ("samples_produced", { _, ship in .number("\(ship.samples.produced)") }),
        ("samples_stored", { _, ship in .number("\(ship.samples.stored)") }),
        ("samples_pending", { _, ship in .number("\(ship.samples.pending)") }),
        ("samples_lost", { _, ship in .number("\(ship.samples.lost)") }),
        ("quarantined_records", { _, ship in .number("\(ship.quarantined)") }),
        ("cpu_mean", { _, ship in decimal(ship.processor.finite.mean, 4) }),
        ("cpu_max", { _, ship in decimal(ship.processor.finite.maximum, 4) }),
        ("memory_mean", { _, ship in decimal(ship.memory.finite.mean, 4) }),
        ("memory_max", { _, ship in decimal(ship.memory.finite.maximum, 4) }),
        ("disk_latest", { _, ship in decimal(ship.disk.finite.latest, 4) }),
        ("disk_mount", { _, ship in text(ship.diskMount) }),
        ("network_receive_mean", { _, ship in decimal(ship.networkReceive.finite.mean, 1) }),
        ("network_transmit_mean", { _, ship in decimal(ship.networkTransmit.finite.mean, 1) }),
        ("events", { _, ship in .number("\(ship.events.count)") }),
        ("samples_degraded", { _, ship in .number("\(ship.samples.degraded)") }),
        ("logs_stored", { _, ship in .number("\(ship.ledger[.logs]?.stored ?? 0)") }),
        ("ledger_differences", { _, ship in .number("\(ship.differences.count)") }),
    ]

    static func render(_ report: FleetReport) -> String {
        let header = columns.map(\.name).joined(separator: ",")
        let lines = report.ships.map { ship in
            columns.map { written($0.cell(report, ship)) }.joined(separator: ",")
        }
        return ([header] + lines).map { $0 + "\r\n" }.joined()
    }

    private static func text(_ value: String?) -> Cell { value.map(Cell.text) ?? .empty }

    private static func decimal(_ value: Double?, _ places: Int) -> Cell {
        guard let value, value.isFinite else { return .empty }
        return .number(JSONText.decimal(value, places: places).text)
    }

    private static func written(_ cell: Cell) -> String {
        switch cell {
        case .empty: return ""
        case .number(let value): return value
        case .text(let value):
            // A spreadsheet runs what starts so as a formula, even from a quoted cell.
            let scalars = value.unicodeScalars
            let starts: [Unicode.Scalar] = ["=", "+", "-", "@", "\t", "\r"]
            let isFormula = scalars.first.map(starts.contains) ?? false
            let safe = isFormula ? "'" + value : value
            let needsQuotes = scalars.contains { [",", "\"", "\r", "\n"].contains($0) }
            guard needsQuotes else { return safe }
            let doubled = safe.unicodeScalars.reduce(into: "") { output, scalar in
                output.unicodeScalars.append(scalar)
                if scalar == "\"" { output.unicodeScalars.append(scalar) }
            }
            return "\"\(doubled)\""
        }
    }
}

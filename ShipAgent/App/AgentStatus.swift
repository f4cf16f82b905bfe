import FleetModel
import FoundationEssentials
import ShipStore

/// What `ship-agent status` shows; the property names are the JSON's.
struct AgentStatus: Encodable {
    struct Link: Encodable {
        let state: String
        let since: String?
        let last_sync: String?
        let last_error: String?
        /// Payload handed to the link since the store was made, what was sent again included.
        let sent_payload_bytes: UInt64
    }

    /// Counts are records; `produced = stored + pending + lost`.
    struct Lane: Encodable {
        let lane: String
        let queued_bytes: UInt64
        let oldest: String?
        let produced: UInt64
        let stored: UInt64
        let pending: UInt64
        let lost: UInt64

        init(_ status: LaneStatus) {
            lane = "\(status.lane)"
            queued_bytes = status.queuedBytes
            oldest = status.oldest?.description
            produced = status.ledger.produced
            stored = status.ledger.stored
            pending = status.ledger.pending
            lost = status.ledger.lost
        }
    }

    let ship: String
    let epoch: String
    /// The process id of the agent that runs on this store.
    let running: Int?
    let link: Link
    let certificate_end: String
    let lanes: [Lane]

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func text() -> String {
        var lines = [
            "ship         \(ship)",
            "agent        \(running.map { "running, process \($0)" } ?? "not running")",
            "link         \(link.state)\(link.since.map { " since \($0)" } ?? "")",
            "last sync    \(link.last_sync ?? "never")",
            "certificate  until \(certificate_end)",
        ]
        if let error = link.last_error { lines.append("last error   \(error)") }
        lines.append("")
        lines.append(
            Self.row(["lane", "produced", "stored", "pending", "lost", "queued B", "oldest"])
        )
        for lane in lanes {
            lines.append(
                Self.row([
                    lane.lane, "\(lane.produced)", "\(lane.stored)", "\(lane.pending)",
                    "\(lane.lost)", "\(lane.queued_bytes)", lane.oldest ?? "-",
                ])
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String {
        let first = cells[0] + String(repeating: " ", count: max(0, 10 - cells[0].count))
        let rest = cells.dropFirst().map { cell in
            String(repeating: " ", count: max(0, 11 - cell.count)) + cell
        }
        return first + rest.joined(separator: " ")
    }
}

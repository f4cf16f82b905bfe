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
        /// The class of link, what it carried today, and which lanes wait for a budget or a window.
        let account: String?
        /// Payload handed to the link since the store was made, what was sent again included.
        let sent_payload_bytes: UInt64
    }

    struct Position: Encodable {
        let latitude: Double
        let longitude: Double
        let at: String

        /// Reads the store's fact.
        init?(_ fact: String?) {
            let parts = (fact ?? "").split(separator: " ")
            guard parts.count == 3, let latitude = Double(parts[0]),
                let longitude = Double(parts[1])
            else { return nil }
            self.latitude = latitude
            self.longitude = longitude
            at = String(parts[2])
        }
    }

    /// The newest seal of the tenant's audit: `hawser audit verify --witness` takes it.
    struct Witness: Encodable {
        let seal: UInt64
        let last: UInt64
        let hash: String
        let signature: String

        /// Reads the store's fact.
        init?(_ fact: String?) {
            let words = (fact ?? "").split(separator: " ")
            guard words.count == 4, let seal = UInt64(words[0]), let last = UInt64(words[1]) else {
                return nil
            }
            self.seal = seal
            self.last = last
            hash = String(words[2])
            signature = String(words[3])
        }
    }

    /// Counts are records; `produced = stored + pending + degraded + lost`. Raw samples are counted
    /// under `metrics`, in whichever of their two lanes they go.
    struct Lane: Encodable {
        let lane: String
        let queued_bytes: UInt64
        let oldest: String?
        let produced: UInt64
        let stored: UInt64
        let pending: UInt64
        let degraded: UInt64
        let lost: UInt64

        static func all(of statuses: [LaneStatus]) -> [Self] {
            let backlog = statuses.first { $0.lane == .backlog }?.ledger ?? LedgerTotals()
            return statuses.map { status in
                switch status.lane {
                case .metrics: Self(status, status.ledger.adding(backlog))
                case .backlog: Self(status, LedgerTotals())
                case .events, .catalogue, .summary, .logs: Self(status, status.ledger)
                }
            }
        }

        private init(_ status: LaneStatus, _ ledger: LedgerTotals) {
            lane = "\(status.lane)"
            queued_bytes = status.queuedBytes
            oldest = status.oldest?.description
            produced = ledger.produced
            stored = ledger.stored
            pending = ledger.pending
            degraded = ledger.degraded
            lost = ledger.lost
        }
    }

    let ship: String
    let epoch: String
    /// The process id of the agent that runs on this store.
    let running: Int?
    let link: Link
    let certificate_end: String
    /// As last heard from the instruments.
    let position: Position?
    /// What was not taken in since the agent started, and why: a sentence each.
    let turned_away: [String]
    let lanes: [Lane]
    let witness: Witness?

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
        if let position {
            lines.append(
                "position     \(position.latitude) \(position.longitude) at \(position.at)"
            )
        }
        if let account = link.account { lines.insert("budget       \(account)", at: 3) }
        if let error = link.last_error { lines.append("last error   \(error)") }
        if let witness {
            lines.append(
                "audit        witness of seal \(witness.seal), entries 1 to \(witness.last)"
            )
        }
        for line in turned_away { lines.append("turned away  \(line)") }
        lines.append("")
        lines.append(
            Self.row([
                "lane", "produced", "stored", "pending", "degraded", "lost", "queued B", "oldest",
            ])
        )
        for lane in lanes {
            lines.append(
                Self.row([
                    lane.lane, "\(lane.produced)", "\(lane.stored)", "\(lane.pending)",
                    "\(lane.degraded)", "\(lane.lost)", "\(lane.queued_bytes)", lane.oldest ?? "-",
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

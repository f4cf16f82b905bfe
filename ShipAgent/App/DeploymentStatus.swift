import FleetDeploy
import FleetModel
import FoundationEssentials
import ShipDeploy

/// What `ship-agent deployments` shows; the property names are the JSON's.
struct DeploymentStatus: Encodable {
    struct Task: Encodable {
        let order: UInt64
        let deployment: UInt64
        let digest: String
        let link: String
        let phase: String
        let waits_for: String?
        let going_back_because: String?
    }

    struct End: Encodable {
        let order: UInt64
        let deployment: UInt64
        let digest: String
        let state: String
        let reason: String
        let at: String
    }

    struct Slot: Encodable {
        let slot: String
        let current: String?
        let previous: String?
        let shadow: String?
        let task: Task?
        let last: End?
    }

    let last_order: UInt64
    let revoked: [String]
    let slots: [Slot]

    init(_ book: DeploymentBook) {
        last_order = book.counter
        revoked = book.revocations.map { "\($0.digest)" }
        slots = book.slots.sorted { $0.key < $1.key }.map { name, state in
            Slot(
                slot: name,
                current: state.current?.description,
                previous: state.previous?.description,
                shadow: state.shadow?.description,
                task: state.task.map { task in
                    Task(
                        order: task.activation,
                        deployment: task.deployment,
                        digest: "\(task.digest)",
                        link: task.link.rawValue,
                        phase: task.phase.rawValue,
                        waits_for: task.waitsFor,
                        going_back_because: task.reason.isEmpty ? nil : task.reason
                    )
                },
                last: state.ended.map { ended in
                    End(
                        order: ended.activation,
                        deployment: ended.deployment,
                        digest: "\(ended.digest)",
                        state: ended.state.rawValue,
                        reason: ended.reason,
                        at: "\(Timestamp(milliseconds: ended.at))"
                    )
                }
            )
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func text() -> String {
        var lines = ["last order  \(last_order)"]
        if !revoked.isEmpty { lines.append("revoked     \(revoked.count)") }
        if slots.isEmpty { lines.append("no slot has ever had an order") }
        for slot in slots {
            lines.append("")
            lines.append("slot \(slot.slot)")
            lines.append("  runs      \(Self.short(slot.current))")
            if slot.previous != nil { lines.append("  before    \(Self.short(slot.previous))") }
            if slot.shadow != nil { lines.append("  shadow    \(Self.short(slot.shadow))") }
            if let task = slot.task {
                lines.append("  order \(task.order)   \(task.phase) \(Self.short(task.digest))")
                if let reason = task.waits_for { lines.append("  waits     \(reason)") }
                if let reason = task.going_back_because { lines.append("  because   \(reason)") }
            }
            if let last = slot.last {
                let reason = last.reason.isEmpty ? "" : ": \(last.reason)"
                lines.append("  last      order \(last.order) \(last.state) at \(last.at)\(reason)")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Enough of a digest to tell it from others.
    private static func short(_ digest: String?) -> String {
        digest.map { String($0.prefix(12)) } ?? "nothing"
    }
}

import CoreDomain
import CorePostgres

/// Something that happened to a deployment, a wave or a ship of it.
package struct DeploymentEvent: Thing {
    package static let noun = "deployment_event"

    package let id: Int64
    package let at: String
    /// `deployment`, `wave`, `ship`, `approval`, `gate`.
    package let kind: String
    package let wave: Int32?
    package let ship: String?
    package let from: String
    package let to: String
    package let actor: String
    package let reason: String

    package var reference: String { "\(id)" }
    package var version: Int64 { 1 }

    init(_ row: PostgresRow) throws {
        id = try row.int64("event_id")
        at = "\(try row.timestamp("at"))"
        kind = try row.text("kind")
        wave = try row.optionalInt32("wave")
        ship = try row.optionalText("ship")
        from = try row.text("from_state")
        to = try row.text("to_state")
        actor = try row.text("actor")
        reason = try row.text("reason")
    }
}

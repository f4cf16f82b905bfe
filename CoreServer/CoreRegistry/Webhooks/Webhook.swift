import CoreDomain
import CorePostgres
import FleetModel

/// Somebody's server that is told of what happens to models.
package struct Webhook: Thing {
    package static let noun = "webhook"

    /// MLflow's numbers.
    package enum Status: Int64, Sendable, CaseIterable {
        case active = 1
        case disabled = 2

        package var word: String { self == .active ? "ACTIVE" : "DISABLED" }
    }

    package let id: String
    package let name: String
    package let description: String
    package let url: String
    package let events: [WebhookEvent]
    package let active: Bool
    /// Whether what is sent is signed with its secret, which nobody is shown.
    package let signed: Bool
    /// Attempts in a row that failed.
    package let failures: Int32
    package let createdAt: String
    package let updatedAt: String
    package let version: Int64
    /// Milliseconds since 1970.
    package let createdAtMilliseconds: Int64
    package let updatedAtMilliseconds: Int64

    package var reference: String { id }
    package var status: Status { active ? .active : .disabled }

    enum CodingKeys: String, CodingKey {
        case id, name, description, url, events, active, signed, failures, createdAt, updatedAt,
            version
    }

    init(_ row: PostgresRow) throws {
        id = try row.text("webhook_id")
        name = try row.text("name")
        description = try row.text("description")
        url = try row.text("url")
        events = try row.textArray("events").compactMap(WebhookEvent.init)
        active = try row.bool("is_active")
        signed = try row.bool("has_secret")
        failures = try row.int32("failures")
        let (created, updated) = (try row.timestamp("created_at"), try row.timestamp("updated_at"))
        createdAt = "\(created)"
        updatedAt = "\(updated)"
        createdAtMilliseconds = created.milliseconds
        updatedAtMilliseconds = updated.milliseconds
        version = try row.int64("version")
    }
}

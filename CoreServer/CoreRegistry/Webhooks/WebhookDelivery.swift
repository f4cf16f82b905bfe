import CoreDomain
import CorePostgres

/// That a webhook is to be told of something, and whether it was.
package struct WebhookDelivery: Thing {
    package static let noun = "delivery"

    package enum State: String, Codable, Sendable, CaseIterable {
        case waiting
        case delivered
        /// Nobody tries any more.
        case dead
    }

    package let number: Int64
    /// What the receiver sees, the same at each attempt.
    package let id: String
    package let event: String
    package let state: State
    package let attempts: Int32
    package let lastStatus: Int32?
    package let lastError: String?
    package let createdAt: String
    /// When it is tried next.
    package let dueAt: String?
    package let decidedAt: String?
    package var version: Int64 { Int64(attempts) }

    package var reference: String { "\(number)" }

    enum CodingKeys: String, CodingKey {
        case number, id, event, state, attempts, lastStatus, lastError, createdAt, dueAt, decidedAt
    }

    init(_ row: PostgresRow) throws {
        number = try row.int64("delivery_number")
        id = try row.text("delivery_id")
        event = try row.text("event")
        state = State(rawValue: try row.text("state")) ?? .dead
        attempts = try row.int32("attempts")
        lastStatus = try row.optionalInt32("last_status")
        lastError = try row.optionalText("last_error")
        createdAt = "\(try row.timestamp("created_at"))"
        dueAt = state == .waiting ? "\(try row.timestamp("due_at"))" : nil
        decidedAt = try row.optionalTimestamp("decided_at").map { "\($0)" }
    }
}

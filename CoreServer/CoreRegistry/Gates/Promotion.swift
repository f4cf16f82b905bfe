import CoreDomain
import CorePostgres
import FoundationEssentials

/// A request to bring a version under an alias, and what became of it.
package struct Promotion: Thing {
    package static let noun = "promotion"

    package enum State: String, Codable, Sendable, CaseIterable {
        /// For approvals.
        case waiting
        case applied
        /// A gate's rules spoke against it.
        case refused
        /// Somebody did.
        case rejected
        case withdrawn
        case expired
    }

    package let id: Int64
    package let model: String
    package let modelVersion: Int64
    package let target: String
    package let state: State
    package let reason: String
    package let evidence: PromotionEvidence
    package let verdict: GateVerdict
    package let requestedBy: String
    package let createdAt: String
    package let expiresAt: String
    package let decidedAt: String?
    package let version: Int64
    /// Who asked: no approver of their own.
    let requester: Int64
    /// Theirs when they asked; nil where that was not written down.
    let requesterRoles: [String]?
    let modelNumber: Int64

    package var reference: String { "\(id)" }

    enum CodingKeys: String, CodingKey {
        case id, model, modelVersion, target, state, reason, evidence, verdict, requestedBy,
            createdAt, expiresAt, decidedAt, version
    }

    init(_ row: PostgresRow) throws {
        id = try row.int64("promotion_id")
        model = try row.text("model")
        modelVersion = try row.int64("version")
        target = try row.text("target")
        let stored = State(rawValue: try row.text("state")) ?? .expired
        let isExpired = try stored == .waiting && row.bool("is_past")
        state = isExpired ? .expired : stored
        reason = try row.text("reason")
        let decoder = JSONDecoder()
        evidence = try decoder.decode(
            PromotionEvidence.self,
            from: Data(try row.text("evidence").utf8)
        )
        verdict = try decoder.decode(GateVerdict.self, from: Data(try row.text("verdict").utf8))
        requestedBy = try row.text("requested_by_name")
        createdAt = "\(try row.timestamp("created_at"))"
        expiresAt = "\(try row.timestamp("expires_at"))"
        decidedAt = try row.optionalTimestamp("decided_at").map { "\($0)" }
        // Time changes it too.
        version = try row.int64("revision") + (isExpired ? 1 : 0)
        requester = try row.int64("requested_by")
        requesterRoles = try row.bool("has_roles") ? row.textArray("requested_roles") : nil
        modelNumber = try row.int64("registered_model_id")
    }

    /// What webhooks are told of it.
    var data: [String: WebhookValue] {
        [
            "promotion": .number(id), "name": .text(model), "version": .text("\(modelVersion)"),
            "target": .text(target), "requested_by": .text(requestedBy),
            "state": .text(state.rawValue),
        ]
    }
}

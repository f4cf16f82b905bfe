import CoreDomain
import CorePostgres
import FleetDeploy
import FleetIdentity
import FleetModel
import FleetRuntime
import FoundationEssentials

/// A version on its way to ships.
package struct Deployment: Thing {
    package static let noun = "deployment"

    package let id: Int64
    package let name: String
    /// Moves when the plan is made anew.
    package let revision: Int64
    package let slot: String
    package let model: String
    package let modelVersion: Int64
    /// Of the version's files, in hexadecimal digits.
    package let digest: String
    package let size: Int64
    package let request: JSONValue
    package let plan: PlanSummary
    /// What approvals are of.
    package let planDigest: String
    package let approvalsNeeded: Int32
    package let deadlineAt: String?
    package let state: DeploymentState
    package let reason: String
    package let createdBy: String
    package let createdAt: String
    package let updatedAt: String
    package let startedAt: String?
    package let endedAt: String?
    package let version: Int64

    let creator: Int64
    let modelNumber: Int64
    /// As stored.
    let requestText: String
    let tree: TreeDigest

    package var reference: String { "\(id)" }

    private enum CodingKeys: String, CodingKey {
        case id, name, revision, slot, model, modelVersion, digest, size, request, plan, planDigest,
            approvalsNeeded, deadlineAt, state, reason, createdBy, createdAt, updatedAt, startedAt,
            endedAt, version
    }

    init(_ row: PostgresRow) throws {
        id = try row.int64("deployment_id")
        name = try row.text("name")
        revision = try row.int64("revision")
        slot = try row.text("slot")
        model = try row.text("model")
        modelVersion = try row.int64("model_version")
        modelNumber = try row.int64("registered_model_id")
        guard let tree = TreeDigest(try row.bytes("tree_digest")),
            let state = DeploymentState(rawValue: try row.text("state"))
        else {
            throw DomainError(.conflict, "deployment \(id) is not as this server knows deployments")
        }
        self.tree = tree
        self.state = state
        digest = tree.description
        size = try row.int64("size_bytes")
        requestText = try row.text("request")
        request = try JSONDecoder().decode(JSONValue.self, from: Data(requestText.utf8))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        plan = try decoder.decode(PlanSummary.self, from: Data(try row.text("plan").utf8))
        planDigest = Hexadecimal.text(try row.bytes("plan_digest"))
        approvalsNeeded = try row.int32("approvals_needed")
        deadlineAt = try row.optionalTimestamp("deadline_at").map { "\($0)" }
        reason = try row.text("reason")
        createdBy = try row.text("created_by_name")
        createdAt = "\(try row.timestamp("created_at"))"
        updatedAt = "\(try row.timestamp("updated_at"))"
        startedAt = try row.optionalTimestamp("started_at").map { "\($0)" }
        endedAt = try row.optionalTimestamp("ended_at").map { "\($0)" }
        version = try row.int64("version")
        creator = try row.int64("created_by")
    }

    /// For the audit: what it is, without its ten thousand names.
    var outline: String {
        JSONValue.object([
            "name": .string(name), "revision": .integer(revision), "slot": .string(slot),
            "model": .string(model), "model_version": .integer(modelVersion),
            "digest": .string(digest), "plan_digest": .string(planDigest),
            "ships": .integer(Int64(plan.totals.ships)), "state": .string(state.rawValue),
            "reason": .string(reason),
        ]).sorted
    }
}

extension JSONValue {
    /// One document, its members in order.
    fileprivate var sorted: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}

import CoreDomain
import CorePostgres
import FoundationEssentials

/// Rules for what may come under an alias.
package struct Gate: Thing {
    package static let noun = "gate"

    package let name: String
    /// A registered model's name, or `*` for all.
    package let model: String
    /// An alias, or `stage:Production` and the like.
    package let target: String
    package let rules: GateRules
    /// By people other than who asked.
    package let approvals: Int
    package let approvers: GateApprovers
    package let createdAt: String
    package let updatedAt: String
    package let version: Int64

    package var reference: String { name }

    init(_ row: PostgresRow) throws {
        name = try row.text("name")
        model = try row.text("model")
        target = try row.text("target")
        rules = try JSONDecoder().decode(
            GateRules.self,
            from: Data(try row.text("rules").utf8)
        )
        approvals = Int(try row.int32("approvals"))
        // A word of a later version: who is stricter is never wrong.
        approvers = GateApprovers(rawValue: try row.text("approvers")) ?? .otherRole
        createdAt = "\(try row.timestamp("created_at"))"
        updatedAt = "\(try row.timestamp("updated_at"))"
        version = try row.int64("version")
    }
}

/// What of a gate can be set.
package struct GateDetails: Sendable {
    package var model: String
    package var target: String
    package var rules: GateRules
    package var approvals: Int
    package var approvers: GateApprovers

    package init(
        model: String,
        target: String,
        rules: GateRules,
        approvals: Int,
        approvers: GateApprovers = .otherRole
    ) {
        self.model = model
        self.target = target
        self.rules = rules
        self.approvals = approvals
        self.approvers = approvers
    }

    /// - Returns: what it stands before.
    func check() throws(RegistryError) -> MoveTarget {
        let target = try MoveTarget(target)
        // Nothing is served from the others.
        guard target.stage?.isActive ?? true else {
            throw .invalid("a gate stands before an alias, stage:Staging or stage:Production")
        }
        if model != "*" { try RegisteredModel.check(name: model) }
        try rules.check()
        guard (0...5).contains(approvals) else { throw .invalid("approvals is from 0 to 5") }
        return target
    }
}

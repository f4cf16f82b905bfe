/// What became of each rule.
package struct GateVerdict: Codable, Sendable, Hashable {
    package enum Outcome: String, Codable, Sendable {
        case pass
        case fail
        /// Nothing was found that could decide it: counts as a failure.
        case inconclusive
    }

    package struct Check: Codable, Sendable, Hashable {
        package let gate: String
        /// As people read it: `rmse <= 0.3`.
        package let rule: String
        package let outcome: Outcome
        /// What was found: `0.27 of run 4f…`.
        package let found: String
    }

    /// What one gate wants of people.
    package struct Approval: Codable, Sendable, Hashable {
        package let gate: String
        package let needed: Int
        package let approvers: GateApprovers
        /// Those whose approval it counts.
        package var by: [String] = []

        var isMet: Bool { by.count >= needed }
    }

    package var checks: [Check] = []
    /// Of gates that want any.
    package var approvals: [Approval] = []
    /// Everybody who approved, whether a gate counts it or not.
    package var approvedBy: [String] = []

    package init() {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        checks = try container.decode([Check].self, forKey: .checks)
        // Verdicts of before tell of none.
        approvals = try container.decodeIfPresent([Approval].self, forKey: .approvals) ?? []
        approvedBy = try container.decode([String].self, forKey: .approvedBy)
    }

    /// Whether no rule speaks against it.
    package var passes: Bool { checks.allSatisfy { $0.outcome == .pass } }

    package var isApproved: Bool { approvals.allSatisfy(\.isMet) }

    /// Who is still to approve, as a sentence has it.
    var approvalsMissing: String {
        approvals.filter { !$0.isMet }
            .map { "\($0.gate) wants \($0.needed) approval(s) by \($0.approvers.words)" }
            .joined(separator: "; ")
    }

    /// What speaks against it, as one line.
    var objections: String {
        checks.filter { $0.outcome != .pass }
            .map { "\($0.rule) (\($0.outcome.rawValue): \($0.found))" }
            .joined(separator: "; ")
    }

    enum CodingKeys: String, CodingKey {
        case checks, approvals
        case approvedBy = "approved_by"
    }
}

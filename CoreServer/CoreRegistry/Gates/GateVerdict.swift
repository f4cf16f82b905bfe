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

    package var checks: [Check] = []
    /// Approvals that are needed, and who gave one.
    package var approvalsNeeded = 0
    package var approvedBy: [String] = []

    package init() {}

    /// Whether no rule speaks against it.
    package var passes: Bool { checks.allSatisfy { $0.outcome == .pass } }

    package var isApproved: Bool { approvedBy.count >= approvalsNeeded }

    /// What speaks against it, as one line.
    var objections: String {
        checks.filter { $0.outcome != .pass }
            .map { "\($0.rule) (\($0.outcome.rawValue): \($0.found))" }
            .joined(separator: "; ")
    }

    enum CodingKeys: String, CodingKey {
        case checks
        case approvalsNeeded = "approvals_needed"
        case approvedBy = "approved_by"
    }
}

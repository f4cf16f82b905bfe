/// How far a deployment has come, in hawkBit's words.
package enum DeploymentState: String, Codable, Sendable, CaseIterable {
    case creating
    case waitingForApproval = "waiting_for_approval"
    case approvalDenied = "approval_denied"
    case ready
    /// Started; what the first wave needs is being built.
    case preparing
    case running
    case paused
    /// Aborted or rolled back; ships have yet to be told.
    case stopping
    case stopped
    case finished

    /// Whether the plan may still be made anew.
    var isOpen: Bool {
        switch self {
        case .creating, .waitingForApproval, .approvalDenied, .ready: true
        default: false
        }
    }
}

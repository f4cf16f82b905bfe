/// What can be said of a plan that waits.
protocol DeploymentDecision: Sendable {
    /// As the API's path has it, too.
    static var verb: String { get }
    static var about: String { get }
}

enum DeploymentDecisions {
    enum Approval: DeploymentDecision {
        static let verb = "approve"
        static let about = "Agree to somebody else's plan, as it is now."
    }

    enum Denial: DeploymentDecision {
        static let verb = "deny"
        static let about = "Refuse somebody else's plan."
    }
}

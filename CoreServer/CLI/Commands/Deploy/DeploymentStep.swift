/// What people do with a deployment that needs nothing said beside it.
protocol DeploymentStep: Sendable {
    static var command: String { get }
    /// As the API's path has it.
    static var verb: String { get }
    static var about: String { get }
}

enum DeploymentSteps {
    enum Start: DeploymentStep {
        static let command = "start"
        static let verb = "start"
        static let about = "Open the first wave, as soon as what it needs is built."
    }

    enum Pause: DeploymentStep {
        static let command = "pause"
        static let verb = "pause"
        static let about =
            "Give ships neither orders nor bytes; one that has all bytes goes on by its contract."
    }

    enum RollBack: DeploymentStep {
        static let command = "roll-back"
        static let verb = "rollback"
        static let about = "Have ships that run it go back to what they ran before."
    }
}

/// What can be said of a request to promote.
protocol PromotionDecision: Sendable {
    static var verb: String { get }
    /// As the API's path has it.
    static var noun: String { get }
    static var about: String { get }
}

enum PromotionDecisions {
    enum Approval: PromotionDecision {
        static let verb = "approve"
        static let noun = "approval"
        static let about = "Agree to somebody else's request to promote."
    }

    enum Rejection: PromotionDecision {
        static let verb = "reject"
        static let noun = "rejection"
        static let about = "Refuse somebody else's request to promote."
    }
}

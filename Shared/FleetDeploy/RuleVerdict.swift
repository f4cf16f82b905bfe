/// Whether a rule lets something be done now.
package enum RuleVerdict: Sendable, Equatable {
    case allowed
    /// Not now; the reason is for people.
    case waiting(String)
    /// Never again.
    case expired(String)

    package var isAllowed: Bool { self == .allowed }
}

/// The places between which the power may go: a test stops at each in turn.
package enum DeployStep: String, Sendable, CaseIterable {
    case taken, offered, received, built, staged, armed
    case activating, linked, told, soaking, succeeded
    case goingBack = "going_back"
    case linkedBack = "linked_back"
    case toldBack = "told_back"
    case back
}

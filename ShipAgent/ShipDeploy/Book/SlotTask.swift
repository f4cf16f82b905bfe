import FleetDeploy

/// The order that a slot is about to carry out, and how far it has come.
package struct SlotTask: Codable, Sendable, Equatable {
    package enum Phase: String, Codable, Sendable, CaseIterable {
        /// The tree is not here yet.
        case downloading
        /// It is here, and was verified as it came.
        case staged
        /// Verified once more as it lies; waits for the rule.
        case armed
        /// The link is about to be changed, or was.
        case activating
        case soaking
        /// The link is about to be changed back, or was.
        case goingBack = "going_back"

        /// Whether nothing has been changed aboard yet.
        package var isBefore: Bool { self == .downloading || self == .staged || self == .armed }
    }

    package enum Link: String, Codable, Sendable {
        case current, shadow
    }

    package let order: KeptOrder
    package let digest: TreeDigest
    package let deployment: UInt64
    package let link: Link
    package var phase: Phase
    /// What the link named before the activation.
    package var before: TreeDigest?
    /// The version had been committed before there was reason to take it back.
    package var wasCommitted = false
    /// Since the activation began.
    package var running: RunningTime?
    /// How often the consumer was told of the activation, or the way back failed.
    package var attempts = 0
    /// Connections with the shore since the order was taken.
    package var contacts: UInt32 = 0
    /// Why it goes back.
    package var reason = ""
    /// What it waits for; for people.
    package var waitsFor: String?
    /// The version is revoked, and goes when the rule allows it.
    package var leavesWhenSafe = false
    /// Crew and shore were asked, since the time was over.
    package var hasAsked = false
    package var isToldDownloading = false

    /// It names the activation.
    package var activation: UInt64 { order.directive.counter }
}

import FleetDeploy
import FleetModel

/// One outcome, with its place in the ship's own order.
///
/// Reports are told apart by where the ship put them, not by when they came: links deliver late and in heaps.
package struct ShipReport: Sendable, Hashable {
    /// The event's number in the ship's events lane: each higher than the one before.
    package let position: UInt64
    /// By the ship's clock.
    package let at: Timestamp
    package let activation: UInt64
    /// What the step is about.
    package let digest: TreeDigest
    /// What runs in the slot.
    package let running: TreeDigest?
    package let state: ShipDeploymentState

    package init(
        position: UInt64,
        at: Timestamp,
        activation: UInt64,
        digest: TreeDigest,
        running: TreeDigest?,
        state: ShipDeploymentState
    ) {
        self.position = position
        self.at = at
        self.activation = activation
        self.digest = digest
        self.running = running
        self.state = state
    }

    package init(_ outcome: Outcome, at: Timestamp, position: UInt64) {
        self.init(
            position: position,
            at: at,
            activation: outcome.activation,
            digest: outcome.digest,
            running: outcome.running,
            state: outcome.state
        )
    }
}

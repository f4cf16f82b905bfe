import FleetDeploy
import FleetIdentity

/// All that a ship knows of its deployments: a value that decides, and a text in the store that survives.
///
/// Every change is one transaction together with the events that tell of it (`DeploymentJournal`), and is
/// written down before anything on the disk is changed for it. What lies on the disk can be brought in line
/// with it at any time.
package struct DeploymentBook: Codable, Sendable, Equatable {
    /// Orders of another kind than any that a ship ever had are not to fill its store.
    package static let revocationLimit = 1024
    package static let keyLimit = 8

    /// The highest that was taken.
    package internal(set) var counter: UInt64 = 0
    /// Public keys whose orders are taken, in hexadecimal digits.
    private var trusted: [String] = []
    package internal(set) var revocations: [KnownRevocation] = []
    /// By their names.
    package internal(set) var slots: [String: SlotState] = [:]
    package internal(set) var downloads: [Download] = []

    /// What the change that is being made has to tell; written as events with it.
    var outcomes: [Outcome] = []

    private enum CodingKeys: String, CodingKey {
        case counter, trusted, revocations, slots, downloads
    }

    package init() {}

    package internal(set) var keys: [[UInt8]] {
        get { trusted.compactMap { Hexadecimal.bytes($0.utf8) } }
        set { trusted = newValue.map { Hexadecimal.text($0) } }
    }

    /// Trees that have to stay.
    package var needed: Set<TreeDigest> {
        slots.values.reduce(into: []) { $0.formUnion($1.needed) }
    }

    /// The strongest revocation of a version, as a deployment ordered it.
    package func severity(
        of digest: TreeDigest,
        deployment: UInt64?
    ) -> Revocation.Severity? {
        revocations.filter { $0.concerns(digest, of: deployment) }.map(\.severity).max()
    }

    /// The slot's task, if it is still the one of this activation and phase.
    func task(_ slot: SlotName, _ activation: UInt64, _ phase: SlotTask.Phase) -> SlotTask? {
        guard let task = slots[slot.rawValue]?.task, task.activation == activation,
            task.phase == phase
        else { return nil }
        return task
    }

    mutating func tell(
        _ state: ShipDeploymentState,
        _ task: SlotTask,
        in slot: SlotName,
        _ reason: String = ""
    ) {
        outcomes.append(
            Outcome(
                slot: slot,
                deployment: task.deployment,
                activation: task.activation,
                digest: task.digest,
                running: slots[slot.rawValue]?.running(task.link),
                state: state,
                reason: reason
            )
        )
    }
}

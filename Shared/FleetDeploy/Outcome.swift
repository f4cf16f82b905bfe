import FleetModel

/// What a ship tells of a step: one event of its events lane, so that the shore has each exactly once.
package struct Outcome: Sendable, Equatable {
    package static let eventKind = "deployment"
    package static let reasonBytes = 256

    package let slot: SlotName
    package let deployment: UInt64
    /// The counter of the directive that led to it.
    package let activation: UInt64
    /// What the step is about.
    package let digest: TreeDigest
    /// What runs now where the order is about: as `current`, or of a candidate's order in the slot's shadow;
    /// `nil` if nothing does.
    package let running: TreeDigest?
    package let state: ShipDeploymentState
    /// For people, one line.
    package let reason: String

    package init(
        slot: SlotName,
        deployment: UInt64,
        activation: UInt64,
        digest: TreeDigest,
        running: TreeDigest?,
        state: ShipDeploymentState,
        reason: String = ""
    ) {
        self.slot = slot
        self.deployment = deployment
        self.activation = activation
        self.digest = digest
        self.running = running
        self.state = state
        self.reason = Self.line(reason)
    }

    /// The event: `slot deployment activation state digest running reason`, with "-" for nothing that runs.
    package func event(at moment: Timestamp) -> FleetEvent {
        let severity: FleetEvent.Severity =
            switch state {
            case .failedNotRolledBack, .failedUnable: .critical
            case .failedNoChange, .failedRolledBack, .refused: .warning
            default: .info
            }
        let words = [
            slot.rawValue, String(deployment), String(activation), state.rawValue,
            digest.description, running?.description ?? "-",
        ]
        return FleetEvent(
            at: moment,
            severity: severity,
            kind: Self.eventKind,
            message: (words + (reason.isEmpty ? [] : [reason])).joined(separator: " ")
        )
    }

    /// `nil` for an event that tells no outcome.
    package init?(_ event: FleetEvent) {
        guard event.kind == Self.eventKind else { return nil }
        let words = event.message.split(
            separator: " ",
            maxSplits: 6,
            omittingEmptySubsequences: false
        )
        guard words.count >= 6, let slot = SlotName(String(words[0])),
            let deployment = UInt64(words[1]), let activation = UInt64(words[2]),
            let state = ShipDeploymentState(rawValue: String(words[3])),
            let digest = TreeDigest(text: String(words[4]))
        else { return nil }
        let running = words[5] == "-" ? nil : TreeDigest(text: String(words[5]))
        guard words[5] == "-" || running != nil else { return nil }
        self.init(
            slot: slot,
            deployment: deployment,
            activation: activation,
            digest: digest,
            running: running,
            state: state,
            reason: words.count > 6 ? String(words[6]) : ""
        )
    }

    private static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= reasonBytes else { break }
            line.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
        }
        return String(line)
    }
}

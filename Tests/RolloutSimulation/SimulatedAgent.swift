import CoreDeploy
import FleetDeploy
import FleetModel

/// A ship's side of deployments: its states are those of the wire, its rule is the real one.
struct SimulatedAgent {
    struct Order {
        let activation: UInt64
        let digest: TreeDigest
        let rule: ActivationRule
        let fate: VersionFate
        var bytesLeft: Double
        var state = ShipDeploymentState.downloading
        /// When the version does next what it does, in seconds.
        var dueAt: Int64?
        var armedAt: Int64?
    }

    /// Seconds that a version has to prove itself in aboard.
    static let soak: Int64 = 1800

    private(set) var running: TreeDigest
    private(set) var order: Order?
    private(set) var outbox: [ShipReport] = []
    private(set) var position: UInt64 = 0
    /// Everything about the present order.
    private(set) var told: [ShipReport] = []
    /// Out of reach until then.
    private(set) var silentUntil: Int64 = 0
    /// When a version that is bad for this ship began to run here.
    private(set) var activatedAt: Int64?

    init(running: TreeDigest) { self.running = running }

    /// Whether it is about to be taken out of reach.
    var isSilencing: Bool { order?.fate == .silences }

    mutating func take(_ new: Order, at now: Int64) {
        if let order, !order.state.isFinal { tell(.superseded, at: now) }
        order = new
        told = []
        activatedAt = nil
        tell(.downloading, at: now)
    }

    /// - Returns: whether it is there now.
    mutating func fetch(_ bytes: Double, at now: Int64) -> Bool {
        guard var fetching = order, fetching.state == .downloading else { return false }
        fetching.bytesLeft -= bytes
        order = fetching
        guard fetching.bytesLeft <= 0 else { return false }
        tell(.staged, at: now)
        order?.armedAt = now
        tell(.armed, at: now)
        return true
    }

    /// - Returns: the verdict of the rule, for an armed ship.
    mutating func tryToActivate(_ facts: ShipFacts, at now: Int64) -> RuleVerdict? {
        guard let armed = order, armed.state == .armed else { return nil }
        let verdict = armed.rule.verdict(facts, at: Timestamp(seconds: now))
        switch verdict {
        case .allowed:
            tell(.activating, at: now)
            running = armed.digest
            activatedAt = now
            tell(.soaking, at: now)
            order?.dueAt = now + (armed.fate == .silences ? 600 : Self.soak)
        case .expired: tell(.canceled, at: now)
        case .waiting: break
        }
        return verdict
    }

    /// What the version does by itself.
    ///
    /// - Parameters:
    ///   - previous: what ran before it.
    ///   - delay: of what comes late.
    mutating func comeDue(at now: Int64, previous: TreeDigest, delay: Int64) {
        guard let due = order, let dueAt = due.dueAt, dueAt <= now else { return }
        order?.dueAt = nil
        switch (due.fate, due.state) {
        case (.failsProbe, .soaking), (.failsLate, .succeeded):
            running = previous
            tell(.failedRolledBack, at: now)
        case (.strands, .soaking): tell(.failedNotRolledBack, at: now)
        case (.silences, .soaking) where silentUntil < now:
            silentUntil = now + delay
            order?.dueAt = silentUntil
        case (.silences, .soaking):
            running = previous
            tell(.failedRolledBack, at: now)
        case (_, .soaking):
            tell(.succeeded, at: now)
            if due.fate == .failsLate { order?.dueAt = now + delay }
        default: break
        }
    }

    /// Revoked with `doNotActivate`: what runs keeps running.
    mutating func revoke(_ digest: TreeDigest, at now: Int64) {
        guard let order, order.digest == digest else { return }
        switch order.state {
        case .downloading, .staged, .armed: tell(.canceled, at: now)
        default: break
        }
    }

    /// The shore has these.
    mutating func acknowledged(_ through: UInt64) { outbox.removeAll { $0.position <= through } }

    private mutating func tell(_ state: ShipDeploymentState, at now: Int64) {
        guard let subject = order else { return }
        order?.state = state
        position += 1
        let report = ShipReport(
            position: position,
            at: Timestamp(seconds: now),
            activation: subject.activation,
            digest: subject.digest,
            running: running,
            state: state
        )
        outbox.append(report)
        told.append(report)
    }
}

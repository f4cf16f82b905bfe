import FleetDeploy
import FleetModel

/// All that a gate is to know of one ship of a wave.
package struct ShipEvidence: Sendable, Equatable {
    package let digest: TreeDigest
    /// The counter of the order that it was given; `nil` while it has none.
    package private(set) var activation: UInt64?
    /// What the shore itself holds it to be, when that is final without the ship: `lost`, `canceled`,
    /// `superseded`, `inconclusive`.
    package var verdictAshore: ShipDeploymentState?
    /// The newest report of this activation.
    package private(set) var latest: ShipReport?
    /// The newest report of the slot, of whichever activation: what runs there now.
    package private(set) var newest: ShipReport?
    /// Everything that the ship did up to this moment is known, by its own clock.
    package var knownUntil: Timestamp?
    /// Events that came without a gap, as a number in the ship's lane.
    package var received: UInt64
    /// Events that the ship is known to have made.
    package private(set) var announced: UInt64
    package var lastContact: Timestamp?
    /// The silence that 9 of 10 of the ship's silences stay below, by its link history.
    package var usualSilence: Duration?

    package init(
        digest: TreeDigest,
        activation: UInt64? = nil,
        verdictAshore: ShipDeploymentState? = nil,
        knownUntil: Timestamp? = nil,
        received: UInt64 = 0,
        announced: UInt64 = 0,
        lastContact: Timestamp? = nil,
        usualSilence: Duration? = nil
    ) {
        self.digest = digest
        self.activation = activation
        self.verdictAshore = verdictAshore
        self.knownUntil = knownUntil
        self.received = received
        self.announced = announced
        self.lastContact = lastContact
        self.usualSilence = usualSilence
    }

    /// The ship was given an order, or another one: what it told of an earlier activation is past.
    package mutating func release(_ activation: UInt64) {
        self.activation = activation
        latest = nil
    }

    /// Takes a report, in whatever order they come and however often.
    package mutating func take(_ report: ShipReport) {
        announced = max(announced, report.position)
        if report.position >= newest?.position ?? 0 { newest = report }
        guard report.activation == activation, report.digest == digest,
            report.position >= latest?.position ?? 0
        else { return }
        latest = report
    }

    /// The ship says that it has made this many events.
    package mutating func announce(_ count: UInt64) { announced = max(announced, count) }

    /// It made events that are not here.
    package var hasGap: Bool { announced > received }

    /// What the ship says about the version, given the soak in seconds.
    package func standing(soak: Int64) -> EvidenceClass {
        switch verdictAshore {
        case .canceled, .superseded: return .withdrawn
        case .inconclusive: return .inconclusive
        default: break
        }
        guard activation != nil else { return .neverContacted }
        guard let latest else { return .inProgress }
        switch latest.state {
        case .succeeded:
            // A success that left something else running is none.
            guard latest.running == digest else { return .rolledBack }
            guard newest?.running == digest else { return .withdrawn }
            guard let knownUntil, knownUntil >= latest.at + .seconds(soak) else { return .settling }
            return .proven
        case .failedNoChange: return .unchanged
        case .failedRolledBack: return .rolledBack
        case .failedNotRolledBack, .failedUnable: return .stranded
        case .refused: return .refused
        case .canceled, .superseded: return .withdrawn
        default: return .inProgress
        }
    }

    /// Whether it may have activated without anybody ashore knowing what came of it.
    private func isExposed(_ standing: EvidenceClass) -> Bool {
        switch standing {
        case .settling: true
        case .inProgress:
            switch latest?.state {
            case .staged, .armed, .activating, .soaking: true
            default: false
            }
        default: false
        }
    }

    /// In millionths, how much the ship's silence says that the version took it out of reach.
    package func lostMillionths(_ standing: EvidenceClass, at now: Timestamp, rule: StopRule) -> Int
    {
        if verdictAshore == .lost, activation != nil { return SilenceWeight.whole }
        guard isExposed(standing), let lastContact, let usualSilence else { return 0 }
        return SilenceWeight.millionths(
            silence: now - lastContact,
            usual: usualSilence,
            tolerated: rule.tolerated
        )
    }
}

import CoreDomain
import CorePostgres
import Crypto
import FleetDeploy
import FleetModel
import FoundationEssentials

/// One step of one deployment, in one transaction with its row locked: the gates' verdicts and what follows
/// from them are written together.
struct DeploymentStep {
    let journal: DeploymentJournal
    /// `nil` as long as nobody has asked.
    let prepared: DeploymentSteps.Preparedness?
    /// Waves of which something was told since the last step.
    let touched: Set<Int32>

    /// When it has to be looked at again, if nothing is told before.
    enum Look: Sendable, Equatable {
        /// At the next step: something has moved, or is being built.
        case soon
        case later(Duration)
        /// At once, when it is known how far what a wave needs has come.
        case needsPreparation
    }

    /// A silence weighs more, and a soak is over, by the minute.
    private static let quiet = Duration.seconds(60)
    private static let whileStopping = Duration.seconds(15)
    /// What a policy keeps closed.
    private static let whileClosed = Duration.seconds(15)

    private var tenant: PostgresValue { .int64(journal.tenant.rawValue) }

    func take(_ deployment: Deployment) throws -> Look {
        switch deployment.state {
        case .preparing:
            let look = try prepare(try waves(deployment).map(\.wave), of: deployment)
            if look == .soon, prepared == .ready { _ = try journal.move(deployment, to: .running) }
            return look
        case .running: return try run(deployment)
        case .stopping: return try finishStop(deployment)
        default: return .later(Self.quiet)
        }
    }

    private func waves(_ deployment: Deployment) throws -> [SteppedWave] {
        try journal.connection.execute(StepQueries.waves, tenant, .int64(deployment.id))
            .map(SteppedWave.init)
    }

    /// Opens the first wave that is not open, if what it needs is built.
    private func prepare(_ waves: [DeploymentWave], of deployment: Deployment) throws -> Look {
        guard let wave = waves.first(where: { [.scheduled, .preparing].contains($0.state) }) else {
            return .later(Self.quiet)
        }
        switch prepared {
        case nil: return .needsPreparation
        case .ready?: break
        case .impossible(let reason)?:
            _ = try journal.move(deployment, to: .paused, because: reason)
            return .soon
        case .building?:
            if wave.state == .scheduled {
                try journal.move(wave, of: deployment.id, to: .preparing)
                try moveShips(deployment, wave.wave, from: ["scheduled"], to: "preparing")
            }
            return .soon
        }
        let opening = WaveOpening(journal: journal, deployment: deployment)
        if let reason = try opening.objection(wave) {
            if wave.reason != reason {
                try journal.move(wave, of: deployment.id, to: wave.state, because: reason)
            }
            return .later(Self.whileClosed)
        }
        try journal.move(wave, of: deployment.id, to: .running)
        try moveShips(
            deployment,
            wave.wave,
            from: ["scheduled", "preparing"],
            to: "awaiting_reconnect"
        )
        try Deployments.ring(deployment, journal.tenant, journal.connection)
        return .soon
    }

    private func moveShips(
        _ deployment: Deployment,
        _ wave: Int32,
        from states: [String],
        to state: String,
        because reason: String = ""
    ) throws {
        try journal.connection.execute(
            DeploymentQueries.moveShips,
            values: [
                tenant, .int64(deployment.id), .int32(wave), .textArray(states), .text(state),
                .text(reason),
            ]
        )
    }

    private func run(_ deployment: Deployment) throws -> Look {
        let request = try DeploymentRequest(stored: deployment.requestText)
        let isOverdue = try request.deadlineAt.map { journal.now > $0 } ?? false
        if isOverdue { try close(deployment) }
        let rule = request.failure?.rule ?? WaveRule()
        let waves = try waves(deployment)
        let evidence = try evidence(
            waves.filter { $0.needsEvidence(touched, at: journal.now) }.map(\.wave.wave),
            of: deployment,
            asShadow: request.isShadow
        )
        var pooled = WaveCounts()
        var isClear = true
        var hasMoved = false
        for stepped in waves {
            let wave = stepped.wave
            // What a person accepted is not held against the other waves.
            let isPooled = wave.state != .finished || wave.isPassed
            switch wave.state {
            case .running, .held, .finished:
                guard stepped.needsEvidence(touched, at: journal.now) else {
                    if isPooled, let counts = stepped.counts { pooled += counts }
                    continue
                }
                let ships = evidence[wave.wave] ?? []
                let verdict = try judge(ships, stepped, of: deployment, rule, isOverdue: isOverdue)
                if isPooled { pooled += verdict.counts }
                switch try follow(verdict, wave, deployment) {
                case .goesOn: continue
                case .moved: hasMoved = true
                case .waits: isClear = false
                case .stopped: return .soon
                }
            case .scheduled, .preparing:
                guard try !stops(pooled, deployment, rule) else { return .soon }
                if isClear { return try prepare([wave], of: deployment) }
                return hasMoved ? .soon : .later(Self.quiet)
            case .error: return .later(Self.quiet)
            }
        }
        guard try !stops(pooled, deployment, rule) else { return .soon }
        // Who comes back late still gets its order.
        guard isClear, try !isOpen(deployment) else { return hasMoved ? .soon : .later(Self.quiet) }
        _ = try journal.move(deployment, to: .finished)
        return .soon
    }

    /// Whether a ship of it has more to tell.
    private func isOpen(_ deployment: Deployment) throws -> Bool {
        let states = ShipDeploymentState.allCases.filter { !$0.isFinal }.map(\.rawValue)
        return try journal.connection.execute(
            StepQueries.isOpen,
            tenant,
            .int64(deployment.id),
            .textArray(states)
        ).first?.bool("is_open") ?? false
    }

    /// Nobody is waited for any more.
    private func close(_ deployment: Deployment) throws {
        try moveShips(
            deployment,
            0,
            from: ["scheduled", "preparing", "awaiting_reconnect"],
            to: "canceled",
            because: "the deadline is past"
        )
        try moveShips(
            deployment,
            0,
            from: ["offered", "downloading", "staged", "armed", "activating", "soaking"],
            to: "inconclusive",
            because: "nothing was heard of it until the deadline"
        )
    }

    /// Waves that are too small to say anything may say it together.
    private func stops(
        _ counts: WaveCounts,
        _ deployment: Deployment,
        _ rule: WaveRule
    ) throws -> Bool {
        let verdict = WaveGate.verdict(counts, rule: rule)
        guard verdict.kind == .fail else { return false }
        _ = try journal.move(
            deployment,
            to: .paused,
            because: "its waves together: \(verdict.reason)"
        )
        return true
    }

    private enum Consequence {
        case goesOn
        /// As before, and with something to follow at the next step.
        case moved
        case waits
        case stopped
    }

    private func follow(
        _ verdict: WaveVerdict,
        _ wave: DeploymentWave,
        _ deployment: Deployment
    ) throws -> Consequence {
        switch (verdict.kind, wave.state) {
        case (.fail, _):
            // A person who accepted the wave as it is has seen this evidence.
            if wave.state == .finished, !wave.isPassed {
                return .goesOn
            }
            try journal.move(wave, of: deployment.id, to: .error, because: verdict.reason)
            _ = try journal.move(
                deployment,
                to: .paused,
                because: "the wave \(wave.name): \(verdict.reason)"
            )
            return .stopped
        case (.pass, .running), (.pass, .held):
            try journal.move(wave, of: deployment.id, to: .finished, because: verdict.reason)
            return .moved
        case (_, .finished):
            guard verdict.takesBack(.pass), wave.isPassed else {
                return .goesOn
            }
            try journal.move(
                wave,
                of: deployment.id,
                to: .held,
                because: "what passed is in doubt: \(verdict.reason)"
            )
            return .waits
        case (.inconclusive, .running):
            try journal.move(wave, of: deployment.id, to: .held, because: verdict.reason)
            return .waits
        default: return .waits
        }
    }

    private func finishStop(_ deployment: Deployment) throws -> Look {
        let open = try journal.connection.execute(
            DeploymentQueries.openOrders,
            tenant,
            .int64(deployment.id)
        ).first?.int64("orders")
        guard open == 0 else { return .later(Self.whileStopping) }
        _ = try journal.move(deployment, to: .stopped, because: deployment.reason)
        return .soon
    }

    // MARK: Gates

    private func evidence(
        _ waves: [Int32],
        of deployment: Deployment,
        asShadow isShadow: Bool
    ) throws -> [Int32: [ShipEvidence]] {
        guard !waves.isEmpty else { return [:] }
        var evidence: [Int32: [ShipEvidence]] = [:]
        for row in try journal.connection.execute(
            StepQueries.evidence,
            values: [
                tenant, .int64(deployment.id), .int32Array(waves), .text(deployment.slot),
                .text(isShadow ? "shadow" : "current"),
            ]
        ) {
            let ship = try ShipEvidence(row, of: deployment.tree)
            evidence[try row.int32("wave"), default: []].append(ship)
        }
        return evidence
    }

    /// Writes down what it decided by, whenever that has changed.
    private func judge(
        _ ships: [ShipEvidence],
        _ stepped: SteppedWave,
        of deployment: Deployment,
        _ rule: WaveRule,
        isOverdue: Bool
    ) throws -> WaveVerdict {
        let wave = stepped.wave
        let counts = WaveCounts(ships, rule: rule, at: journal.now)
        let verdict = WaveGate.verdict(counts, rule: rule, isOverdue: isOverdue)
        if stepped.says(verdict, at: journal.now) { return verdict }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let inputs = try encoder.encode(verdict)
        let evidence = try encoder.encode(counts.coarse) + Data(verdict.kind.rawValue.utf8)
        let written = try journal.connection.executeCount(
            StepQueries.insertVerdict,
            values: [
                tenant, .int64(deployment.id), .int32(wave.wave),
                .bytes(Array(SHA256.hash(data: evidence))), .timestamp(journal.now),
                .text(verdict.kind.rawValue), .text(verdict.reason),
                .text(String(decoding: inputs, as: UTF8.self)),
            ]
        )
        if written > 0, verdict.kind.rawValue != wave.verdict {
            try journal.note(
                deployment.id,
                wave: wave.wave,
                kind: "gate",
                from: wave.verdict ?? "",
                to: verdict.kind.rawValue,
                because: verdict.reason
            )
        }
        return verdict
    }
}

extension ShipEvidence {
    init(_ row: PostgresRow, of digest: TreeDigest) throws {
        let state = ShipDeploymentState(rawValue: try row.text("state"))
        let activation = try row.optionalInt64("activation").map { UInt64(clamping: $0) }
        let position = try row.optionalInt64("position").map { UInt64(clamping: $0) }
        let holdingsAt = try row.optionalTimestamp("holdings_at")
        let runs = try row.optionalBytes("runs").flatMap { TreeDigest($0) }
        let reportedAt = try row.optionalInt64("reported_at").map { Timestamp(milliseconds: $0) }
        self.init(
            digest: digest,
            activation: activation,
            // Events are taken in the lane's order, without a gap: what came is all up to there.
            received: position ?? 0,
            lastContact: try row.optionalTimestamp("last_contact_at"),
            usualSilence: try row.optionalInt64("contact_seconds").map { .seconds($0) }
        )
        switch state {
        case .lost, .inconclusive: verdictAshore = state
        case .canceled where position == nil: verdictAshore = .canceled
        default: break
        }
        if let state, let activation, let position, let reportedAt {
            take(
                ShipReport(
                    position: position,
                    at: reportedAt,
                    activation: activation,
                    digest: digest,
                    running: try row.optionalBytes("running").flatMap { TreeDigest($0) },
                    state: state
                )
            )
            knownUntil = reportedAt
            // At its last contact the ship said what runs: the time since its report is known, too.
            if runs == digest, let holdingsAt {
                let byShipsClock = holdingsAt + .milliseconds(try row.int64("clock_offset_ms"))
                knownUntil = max(reportedAt, byShipsClock)
            }
        }
    }
}

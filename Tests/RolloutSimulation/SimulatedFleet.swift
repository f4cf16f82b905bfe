import CoreDeploy
import FleetDeploy
import FleetModel
import FleetTestSupport
import Glibc

/// Ships over years, in virtual time: the same seed gives the same voyages, links and fates whatever is ordered.
package final class SimulatedFleet {
    private struct Ship {
        var voyage: SimulatedVoyage
        var link: SimulatedLink
        var agent: SimulatedAgent
        var previous: TreeDigest
        var nextBytes = 0.0
        var lastContact: Int64 = 0
        var silences: [Duration] = []
        /// As the shore knew it at the last contact.
        var placeAshore: ShipFacts?
        var received: UInt64 = 0
        var wakesAt: Int64?
        var contactSinceStop = false
    }

    package let seed: UInt64
    private var ships: [Ship]
    private var queue = EventQueue()
    private var now: Int64 = 0
    private var counter: UInt64 = 0

    private static let silencesKept = 256
    /// Seconds from one look of the shore's scheduler at its gates to the next.
    private static let stepEvery: Int64 = 6 * 3600

    package init(seed: UInt64, ships count: Int) {
        self.seed = seed
        let first = SimulatedVersion(1).digest
        ships = (0..<count).map { ship in
            Ship(
                voyage: SimulatedVoyage(seed: seed, ship: ship),
                link: SimulatedLink(seed: seed, ship: ship),
                agent: SimulatedAgent(running: first),
                previous: first
            )
        }
        for ship in ships.indices { scheduleContact(ship) }
    }

    private func scheduleContact(_ ship: Int) {
        let next = ships[ship].link.next(after: now)
        ships[ship].nextBytes = next.bytes
        queue.add(.contact, ship: ship, at: next.at)
    }

    /// Ships come and go, and the shore learns their links.
    package func sail(days: Int64) {
        let end = now + days * 86_400
        while let at = queue.nextTime, at <= end, let event = queue.pop() {
            now = at
            let ship = Int(event.ship)
            switch event.kind {
            case .contact:
                noteContact(ship)
                scheduleContact(ship)
            case .wake, .step: break
            }
        }
        now = end
    }

    private func noteContact(_ ship: Int) {
        ships[ship].silences.append(.seconds(now - ships[ship].lastContact))
        if ships[ship].silences.count > Self.silencesKept { ships[ship].silences.removeFirst() }
        ships[ship].lastContact = now
        ships[ship].voyage.advance(to: now)
        ships[ship].placeAshore = ships[ship].voyage.facts(at: now)
    }

    /// Waves of these shares of the fleet, ships drawn by lot.
    private func waves(_ shares: [Double]) -> [[Int]] {
        var random = SeededGenerator.derived(seed: seed &+ 2, ordinal: Int(counter))
        let order = Array(ships.indices).shuffled(using: &random)
        var waves: [[Int]] = []
        var start = 0
        for (index, share) in shares.enumerated() {
            let size = max(1, Int(share * Double(order.count)))
            let end = index + 1 == shares.count ? order.count : min(order.count, start + size)
            waves.append(Array(order[start..<end]))
            start = end
        }
        return waves
    }

    /// Brings a version out.
    package func deploy(
        _ scenario: RolloutScenario,
        version: SimulatedVersion,
        by policy: some RolloutPolicy,
        shares: [Double] = [0.01, 0.04, 0.15, 0.3, 0.5],
        days: Int64
    ) -> RolloutResult {
        var run = Run(scenario: scenario, version: version, startedAt: now, policy: policy.name)
        policy.begin(
            waves: waves(shares),
            usualSilences: ships.map { UsualSilence.of($0.silences) },
            version: version,
            at: now
        )
        for ship in ships.indices { ships[ship].contactSinceStop = false }
        queue.add(.step, ship: -1, at: now + Self.stepEvery)
        let end = now + days * 86_400
        while let at = queue.nextTime, at <= end, let event = queue.pop() {
            now = at
            switch event.kind {
            case .contact: contact(Int(event.ship), policy, &run)
            case .wake: wake(Int(event.ship), at, policy, &run)
            case .step:
                step(policy, &run)
                queue.add(.step, ship: -1, at: now + Self.stepEvery)
            }
        }
        now = end
        return finish(run, policy)
    }

    /// What is counted while a version is brought out.
    private struct Run {
        let scenario: RolloutScenario
        let version: SimulatedVersion
        let startedAt: Int64
        var result: RolloutResult
        var succeeded: Set<Int> = []
        var wrongAshore: Set<Int> = []
        /// From armed to activated, as ships told it.
        var waits = 0.0
        var waited = 0

        init(
            scenario: RolloutScenario,
            version: SimulatedVersion,
            startedAt: Int64,
            policy: String
        ) {
            self.scenario = scenario
            self.version = version
            self.startedAt = startedAt
            result = RolloutResult(policy: policy)
        }
    }

    private func step(_ policy: some RolloutPolicy, _ run: inout Run) {
        guard policy.stoppedAt == nil else { return }
        policy.step(at: now)
        guard policy.stoppedAt != nil else { return }
        run.result.isStopped = true
        run.result.stoppedAfter = Double(now - run.startedAt) / 86_400
        run.result.predictedAfterStop = predicted(policy, run)
        run.result.armedAtStop = ships.count { ship in
            guard let order = ship.agent.order, order.digest == run.version.digest else {
                return false
            }
            return told(ship, order)?.state == .armed
        }
    }

    /// How many ships will activate before the revocation comes: by what the shore knows, which is each ship's
    /// last word, when it was last heard, how long it is usually silent, and how long ships have waited for
    /// their rule so far, those included that still wait.
    private func predicted(_ policy: some RolloutPolicy, _ run: Run) -> Double {
        guard policy.revokes else { return 0 }
        let armed = ships.filter { ship in
            guard let order = ship.agent.order, order.digest == run.version.digest else {
                return false
            }
            return told(ship, order)?.state == .armed && !ship.silences.isEmpty
        }
        let waiting = armed.reduce(0.0) { sum, ship in
            sum + max(0, Double(ship.lastContact - (ship.agent.order?.armedAt ?? ship.lastContact)))
        }
        guard run.waited > 0 else { return 0 }
        let activations = Double(run.waited) / max(1, run.waits + waiting)
        return armed.reduce(0.0) { sum, ship in
            let mean =
                ship.silences.reduce(0.0) { $0 + $1.inSeconds } / Double(ship.silences.count)
            let contacts = 1 / max(1, mean)
            let since = Double(now - ship.lastContact)
            return sum + exp(-activations * since) * activations / (activations + contacts)
        }
    }

    /// The last thing about an order that the shore has.
    private func told(_ ship: Ship, _ order: SimulatedAgent.Order) -> ShipReport? {
        ship.agent.told.last { $0.activation == order.activation && $0.position <= ship.received }
    }

    private func contact(_ ship: Int, _ policy: some RolloutPolicy, _ run: inout Run) {
        defer { scheduleContact(ship) }
        guard ships[ship].agent.silentUntil <= now else { return }
        run.result.contacts += 1
        let bytes = ships[ship].nextBytes
        noteContact(ship)
        // Some connections are cut before a word has come, some before it was acknowledged.
        let isCut = ships[ship].link.chance(0.05)
        let isLost = ships[ship].link.chance(0.05)
        if isCut && !isLost { return }
        take(ship, policy, &run)
        if isLost { return }
        ships[ship].agent.acknowledged(ships[ship].received)
        if policy.stoppedAt != nil, policy.revokes {
            ships[ship].contactSinceStop = true
            ships[ship].agent.revoke(run.version.digest, at: now)
        } else if policy.releases(ship, at: now) {
            order(ship, policy, run)
        }
        if ships[ship].agent.fetch(bytes, at: now) { schedule(ship, at: now) }
        // What was just done goes up in the same session.
        take(ship, policy, &run)
        ships[ship].agent.acknowledged(ships[ship].received)
    }

    private func take(_ ship: Int, _ policy: some RolloutPolicy, _ run: inout Run) {
        let reports = ships[ship].agent.outbox
        ships[ship].received = ships[ship].agent.position
        policy.took(reports, from: ship, through: ships[ship].received, at: now)
        for report in reports where report.digest == run.version.digest {
            if report.state == .succeeded, run.succeeded.insert(ship).inserted {
                if run.succeeded.count * 10 == ships.count * 9 {
                    run.result.doneAfter = Double(now - run.startedAt) / 86_400
                }
            }
        }
    }

    private func order(_ ship: Int, _ policy: some RolloutPolicy, _ run: Run) {
        counter += 1
        var draw = SeededGenerator.derived(
            seed: seed &+ 3 &+ UInt64(run.version.number) << 32,
            ordinal: ship
        )
        let fate = run.scenario.fate(Double.random(in: 0..<1, using: &draw))
        ships[ship].previous = ships[ship].agent.running
        ships[ship].agent.take(
            SimulatedAgent.Order(
                activation: counter,
                digest: run.version.digest,
                rule: run.scenario.rule,
                fate: fate,
                bytesLeft: run.scenario.bytes
            ),
            at: now
        )
        policy.released(ship, activation: counter)
    }

    private func schedule(_ ship: Int, at moment: Int64) {
        ships[ship].wakesAt = moment
        queue.add(.wake, ship: ship, at: moment)
    }

    private func wake(
        _ ship: Int,
        _ at: Int64,
        _ policy: some RolloutPolicy,
        _ run: inout Run
    ) {
        // An order that came since has its own.
        guard ships[ship].wakesAt == at else { return }
        ships[ship].wakesAt = nil
        ships[ship].voyage.advance(to: now)
        let facts = ships[ship].voyage.facts(at: now)
        let armedAt = ships[ship].agent.order?.armedAt
        switch ships[ship].agent.tryToActivate(facts, at: now) {
        case .allowed:
            activated(ship, facts, armedAt ?? now, policy, &run)
        case .waiting:
            noteShore(ship, &run)
            // What the ship waits for is a place or an hour: it looks when either changes.
            let isPlaced =
                facts.navigation.map(run.scenario.rule.navigation.contains) ?? false
            schedule(ship, at: isPlaced ? now + 3600 : max(now + 60, ships[ship].voyage.until))
            return
        case .expired, nil: break
        }
        let delay = Int64(86_400 * (3 + ship % 8)) * (ships[ship].agent.isSilencing ? 8 : 1)
        ships[ship].agent.comeDue(at: now, previous: ships[ship].previous, delay: delay)
        if let due = ships[ship].agent.order?.dueAt { schedule(ship, at: max(due, now + 1)) }
    }

    private func activated(
        _ ship: Int,
        _ facts: ShipFacts,
        _ armedAt: Int64,
        _ policy: some RolloutPolicy,
        _ run: inout Run
    ) {
        // Some ships still come to an earlier version, in which nobody was disappointed.
        if ships[ship].agent.order?.digest == run.version.digest {
            run.result.activated += 1
            // A ship that may at once is no measure for those that wait.
            if now - armedAt > 60 {
                run.waits += Double(now - armedAt)
                run.waited += 1
            }
            if ships[ship].agent.order?.fate != .works { run.result.harmed += 1 }
            if policy.stoppedAt != nil {
                run.result.activatedAfterStop += 1
                if ships[ship].contactSinceStop { run.result.activatedDespiteContact += 1 }
            }
        }
        // Judged by what is so, apart from the rule.
        let truth = ships[ship].voyage.truth(at: now)
        if let place = truth.navigation, run.scenario.rule.navigation.contains(place) { return }
        run.result.forbidden += 1
        let age = now - (facts.knownAt?.milliseconds ?? 0) / 1000
        if age > 0, age <= RolloutScenario.longestFactAge { run.result.onFactsJustWrong += 1 }
    }

    private func noteShore(_ ship: Int, _ run: inout Run) {
        guard let place = ships[ship].placeAshore?.navigation,
            run.scenario.rule.navigation.contains(place),
            let truth = ships[ship].voyage.truth(at: now).navigation,
            !run.scenario.rule.navigation.contains(truth),
            run.wrongAshore.insert(ship).inserted
        else { return }
        run.result.shoreWasWrong += 1
    }

    private func finish(_ run: Run, _ policy: some RolloutPolicy) -> RolloutResult {
        var result = run.result
        guard let hawser = policy as? HawserPolicy else { return result }
        for (index, ship) in ships.enumerated() {
            // A ship that has told all: shore and ship say the same, and it is what runs.
            guard ship.agent.outbox.isEmpty, let order = ship.agent.order,
                order.digest == run.version.digest
            else { continue }
            let known = hawser.known(index)
            let isSame =
                known?.state == order.state && known?.activation == order.activation
                && known?.running == ship.agent.running
            let isSound: Bool
            switch order.state {
            case .succeeded, .activating, .soaking, .failedNotRolledBack:
                isSound = ship.agent.running == order.digest
            case .downloading, .staged, .armed, .canceled, .failedRolledBack:
                isSound = ship.agent.running == ship.previous
            default: isSound = false
            }
            if !isSame || !isSound { result.unknown += 1 }
        }
        return result
    }
}

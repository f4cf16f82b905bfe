import FleetDeploy
import FleetRuntime
import Logging

/// What changes what runs.
extension SlotKeeper {
    func activate(_ task: SlotTask) async throws -> Duration? {
        let name = name
        let now = tools.clock.now()
        if let contract = task.order.contract {
            await tools.prober.prepare(contract)
            if let running = task.running,
                running.isOver(seconds: contract.deadMan, grace: contract.grace, at: now)
            {
                return try await turnBack(task, "its dead-man time is over")
            }
        }
        guard
            try await journal.change({ book in
                book.activates(name, task.activation, at: now)
            })
        else { return nil }
        try tools.passed(.activating)
        if task.order.contract?.asksForAnomalies == true {
            try await detector?.begin(task.activation)
        }
        do {
            try shelf.point(name, task.link, to: task.digest)
            try tools.passed(.linked)
            if slot.consumer != .none {
                try await journal.change { $0.reachesConsumer(name, task.activation) }
            }
            let note = try await slot.tell(
                task.link,
                tree: task.digest,
                folder: shelf.folder(name)
            )
            if !note.isEmpty { tools.logger.warning("slot \(name): \(note)") }
            try tools.passed(.told)
        } catch {
            guard let reason = Self.reason(error) else { throw error }
            return try await turnBack(task, reason)
        }
        try await journal.change { $0.soaks(name, task.activation) }
        try tools.passed(.soaking)
        return nil
    }

    /// A trouble aboard in words; `nil` for what is none, such as the end of the agent.
    private static func reason(_ error: any Error) -> String? {
        switch error {
        case let error as DeployError: error.reason
        case let error as FileError: error.description
        default: nil
        }
    }

    private func turnBack(_ task: SlotTask, _ reason: String) async throws -> Duration? {
        let name = name
        try await journal.change { book in
            guard book.slots[name.rawValue]?.task?.activation == task.activation else { return }
            book.goBack(name, reason)
        }
        try tools.passed(.goingBack)
        return nil
    }

    // MARK: Soaking

    func soak(_ task: SlotTask, _ book: DeploymentBook) async throws -> Duration? {
        let now = tools.clock.now()
        if task.leavesWhenSafe, let reason = try await reasonToStay(task, book, now) {
            try await waits(task, for: reason)
        } else if task.leavesWhenSafe {
            return try await turnBack(task, "the version was revoked")
        }
        guard let contract = task.order.contract, let running = task.running else {
            return Self.poll
        }
        // What is revoked does not come to stay.
        let mayEnd = !task.leavesWhenSafe || contract.atExpiry == .rollBack
        if mayEnd, !task.hasAsked,
            running.isOver(seconds: contract.deadMan, grace: contract.grace, at: now)
        {
            return try await expire(task, contract, now)
        }
        if watch?.activation != task.activation {
            watch = SoakWatch(activation: task.activation, contract: contract, at: now)
            markedAt = nil
            await tools.prober.prepare(contract)
        }
        if let reason = try await ask(task, contract) { return try await turnBack(task, reason) }
        if watch?.verdict(at: tools.clock.now()) == .proven, !task.leavesWhenSafe {
            let name = name
            let now = tools.clock.now()
            try await journal.change { $0.succeeds(name, task.activation, at: now) }
            try tools.passed(.succeeded)
            return nil
        }
        try await mark(task)
        return pause(task, contract, running)
    }

    /// Why a version that is revoked still runs.
    private func reasonToStay(
        _ task: SlotTask,
        _ book: DeploymentBook,
        _ now: Moment
    ) async throws -> String? {
        let state = book.slots[name.rawValue]
        let brought = task.link == .current ? state?.order : state?.shadowOrder
        var rule = task.wasCommitted ? (brought ?? task.order).activation : task.order.activation
        // The time in which it was to be activated says nothing of the way back.
        rule.notBefore = nil
        rule.notAfter = nil
        let facts = await tools.facts.facts(at: now.wall)
        guard case .waiting(let reason) = rule.verdict(facts, at: now.wall) else { return nil }
        return "revoked; \(reason)"
    }

    private func expire(
        _ task: SlotTask,
        _ contract: AcceptanceContract,
        _ now: Moment
    ) async throws -> Duration? {
        let name = name
        let reason = "its dead-man time of \(contract.deadMan) s is over and nothing has proven it"
        switch contract.atExpiry {
        case .rollBack: return try await turnBack(task, reason)
        case .stay: try await journal.change { $0.stays(name, task.activation, at: now) }
        case .ask: try await journal.change { $0.asks(name, task.activation, "asks: \(reason)") }
        }
        return nil
    }

    /// Asks every probe whose turn it is.
    ///
    /// - Returns: why the version has failed.
    private func ask(_ task: SlotTask, _ contract: AcceptanceContract) async throws -> String? {
        let environment = slot.environment(task.link, task.digest, shelf.folder(name))
        for number in watch?.due(at: tools.clock.now()) ?? [] {
            let answer = try await tools.prober.ask(
                contract.probes[number],
                slot,
                environment: environment,
                detector
            )
            if case .failed(let reason) = watch?.answered(number, answer, at: tools.clock.now()) {
                return reason
            }
        }
        return nil
    }

    private func mark(_ task: SlotTask) async throws {
        let now = tools.clock.now()
        guard now.uptime - (markedAt ?? .min / 2) >= Self.markEvery else { return }
        let name = name
        try await journal.change { $0.marks(name, task.activation, at: now) }
        markedAt = now.uptime
    }

    private func pause(
        _ task: SlotTask,
        _ contract: AcceptanceContract,
        _ running: RunningTime
    ) -> Duration {
        let now = tools.clock.now()
        let next = (watch?.next(at: now) ?? now.uptime) - now.uptime
        let left = Int64(contract.deadMan) * 1000 - running.milliseconds(at: now)
        let wait = min(max(0, next), task.hasAsked || left <= 0 ? .max : left)
        return min(Self.poll, .milliseconds(max(20, wait)))
    }

    // MARK: Back

    func goBack(_ task: SlotTask, _ book: DeploymentBook) async throws -> Duration? {
        let name = name
        let target = book.wayBack(name)
        watch = nil
        var isLinked = false
        do {
            try shelf.point(name, task.link, to: target)
            isLinked = true
            try tools.passed(.linkedBack)
            let note = try await slot.tell(task.link, tree: target, folder: shelf.folder(name))
            if !note.isEmpty { tools.logger.warning("slot \(name): \(note)") }
            try tools.passed(.toldBack)
        } catch {
            guard let reason = Self.reason(error) else { throw error }
            let hasChanged = isLinked
            let now = tools.clock.now()
            let isTriedAgain = try await journal.change {
                $0.failsToGoBack(
                    name,
                    task.activation,
                    to: target,
                    isLinked: hasChanged,
                    reason,
                    at: now
                )
            }
            return isTriedAgain ? .seconds(2) : nil
        }
        let now = tools.clock.now()
        try await journal.change { $0.isBack(name, task.activation, to: target, at: now) }
        try tools.passed(.back)
        return nil
    }
}

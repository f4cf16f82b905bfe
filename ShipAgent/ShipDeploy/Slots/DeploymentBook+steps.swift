import FleetDeploy
import FleetModel

/// The steps of a slot. Each names the activation and the phase that it goes on from, and does nothing if an
/// order has changed them meanwhile.
extension DeploymentBook {
    /// Activations that were cut off once the consumer was told, after which the version is taken for the
    /// reason. What is cut off before that says nothing of the version, which nobody had looked at yet.
    static let activationAttempts = 3
    static let returnAttempts = 3

    mutating func waits(_ slot: SlotName, _ activation: UInt64, for reason: String?) {
        guard slots[slot.rawValue]?.task?.activation == activation else { return }
        slots[slot.rawValue]?.task?.waitsFor = reason
    }

    /// A tree has come, for whichever slots want it.
    mutating func staged(_ tree: TreeDigest) {
        for name in slots.keys.sorted() {
            guard let slot = SlotName(name), var task = slots[name]?.task,
                task.phase == .downloading, task.digest == tree
            else { continue }
            task.phase = .staged
            task.waitsFor = nil
            slots[name]?.task = task
            tell(.staged, task, in: slot)
        }
        downloads.removeAll { $0.tree == tree }
    }

    mutating func armed(_ slot: SlotName, _ activation: UInt64) {
        guard var task = task(slot, activation, .staged) else { return }
        task.phase = .armed
        slots[slot.rawValue]?.task = task
        tell(.armed, task, in: slot)
    }

    /// The tree that was staged is not what it was: it has to come again.
    mutating func spoiled(_ slot: SlotName, _ activation: UInt64, _ reason: String) {
        guard var task = task(slot, activation, .staged) else { return }
        task.phase = .downloading
        task.waitsFor = reason
        slots[slot.rawValue]?.task = task
    }

    /// Begins to activate, or begins again after it was cut off.
    ///
    /// - Returns: whether to go on.
    mutating func activates(_ slot: SlotName, _ activation: UInt64, at now: Moment) -> Bool {
        if var task = task(slot, activation, .armed) {
            task.phase = .activating
            task.waitsFor = nil
            task.running = RunningTime(from: now)
            task.attempts = 0
            slots[slot.rawValue]?.task = task
            tell(.activating, task, in: slot)
            return true
        }
        guard let task = task(slot, activation, .activating) else { return false }
        guard task.attempts < Self.activationAttempts else {
            goBack(
                slot,
                "its activation was cut off \(task.attempts) times after its consumer was told"
            )
            return false
        }
        return true
    }

    /// The link names the version, and its consumer is about to be told.
    mutating func reachesConsumer(_ slot: SlotName, _ activation: UInt64) {
        guard task(slot, activation, .activating) != nil else { return }
        slots[slot.rawValue]?.task?.attempts += 1
    }

    /// The link names the version, and its consumer was told.
    mutating func soaks(_ slot: SlotName, _ activation: UInt64) {
        guard var task = task(slot, activation, .activating) else { return }
        task.phase = .soaking
        switch task.link {
        case .current:
            slots[slot.rawValue]?.current = task.digest
            // The version that was in the shadow is there no more once it is in the light.
            if slots[slot.rawValue]?.shadow == task.digest {
                slots[slot.rawValue]?.shadow = nil
                slots[slot.rawValue]?.shadowOrder = nil
            }
        case .shadow: slots[slot.rawValue]?.shadow = task.digest
        }
        slots[slot.rawValue]?.task = task
        tell(.soaking, task, in: slot)
    }

    mutating func marks(_ slot: SlotName, _ activation: UInt64, at now: Moment) {
        guard slots[slot.rawValue]?.task?.activation == activation else { return }
        slots[slot.rawValue]?.task?.running?.mark(at: now)
    }

    /// Asks crew and shore what to do, once.
    mutating func asks(_ slot: SlotName, _ activation: UInt64, _ reason: String) {
        guard var task = task(slot, activation, .soaking), !task.hasAsked else { return }
        task.hasAsked = true
        task.waitsFor = reason
        slots[slot.rawValue]?.task = task
        tell(.soaking, task, in: slot, reason)
    }

    mutating func succeeds(_ slot: SlotName, _ activation: UInt64, at now: Moment) {
        guard let task = task(slot, activation, .soaking) else { return }
        commit(task, in: slot)
        end(slot, .succeeded, "", at: now)
    }

    /// Its time is over, nothing has decided, and it is to stay.
    mutating func stays(_ slot: SlotName, _ activation: UInt64, at now: Moment) {
        guard let task = task(slot, activation, .soaking) else { return }
        commit(task, in: slot)
        end(slot, .failedUnable, "its time is over and nothing has proven it", at: now)
    }

    private mutating func commit(_ task: SlotTask, in slot: SlotName) {
        guard var state = slots[slot.rawValue] else { return }
        switch task.link {
        case .current:
            state.older = state.previous
            state.previous = task.before
            state.order = task.order
        case .shadow: state.shadowOrder = task.order
        }
        slots[slot.rawValue] = state
    }

    /// From now on the way is back.
    mutating func goBack(_ slot: SlotName, _ reason: String) {
        guard var task = slots[slot.rawValue]?.task,
            task.phase == .activating || task.phase == .soaking
        else { return }
        task.phase = .goingBack
        task.reason = reason
        task.attempts = 0
        task.waitsFor = nil
        slots[slot.rawValue]?.task = task
    }

    /// What to go back to: what ran before, unless that was revoked itself; then what ran before that.
    /// `nil`: nothing ran, or nothing good is left.
    func wayBack(_ slot: SlotName) -> TreeDigest? {
        guard let state = slots[slot.rawValue], let task = state.task, task.link == .current else {
            return nil
        }
        return [task.before, state.previous, state.older].compactMap(\.self).first { digest in
            digest != task.digest
                && (severity(of: digest, deployment: nil) ?? .stopStaging) < .rollBackWhenSafe
        }
    }

    /// The link is back, and its consumer was told.
    mutating func isBack(
        _ slot: SlotName,
        _ activation: UInt64,
        to target: TreeDigest?,
        at now: Moment
    ) {
        guard let task = task(slot, activation, .goingBack) else { return }
        restore(slot, task, target)
        end(slot, .failedRolledBack, task.reason, at: now)
    }

    /// - Returns: whether to try once more.
    mutating func failsToGoBack(
        _ slot: SlotName,
        _ activation: UInt64,
        to target: TreeDigest?,
        isLinked: Bool,
        _ reason: String,
        at now: Moment
    ) -> Bool {
        guard let task = task(slot, activation, .goingBack) else { return false }
        guard task.attempts + 1 >= Self.returnAttempts else {
            slots[slot.rawValue]?.task?.attempts += 1
            return true
        }
        if isLinked { restore(slot, task, target) }
        end(
            slot,
            .failedNotRolledBack,
            "\(task.reason); and the way back failed: \(reason)",
            at: now
        )
        return false
    }

    private mutating func restore(_ slot: SlotName, _ task: SlotTask, _ target: TreeDigest?) {
        guard var state = slots[slot.rawValue] else { return }
        switch task.link {
        case .current:
            state.current = target
            // The steps back that were taken, and those that are left.
            let isUndone = !task.wasCommitted && target == task.before
            if !isUndone {
                state.previous = target == state.previous && target != nil ? state.older : nil
                state.older = nil
                state.order = nil
            }
        case .shadow:
            state.shadow = nil
            state.shadowOrder = nil
        }
        slots[slot.rawValue] = state
    }

    mutating func end(
        _ slot: SlotName,
        _ outcome: ShipDeploymentState,
        _ reason: String,
        at now: Moment
    ) {
        guard let task = slots[slot.rawValue]?.task else { return }
        slots[slot.rawValue]?.task = nil
        slots[slot.rawValue]?.ended = SlotState.Ended(
            activation: task.activation,
            deployment: task.deployment,
            digest: task.digest,
            state: outcome,
            reason: reason,
            at: now.wall.milliseconds
        )
        downloads.removeAll { $0.slot == slot.rawValue }
        tell(outcome, task, in: slot, reason)
    }

    /// A connection with the shore was made: it counts for orders that end after so many.
    mutating func contact() {
        for name in slots.keys where slots[name]?.task?.phase.isBefore == true {
            slots[name]?.task?.contacts += 1
        }
    }
}

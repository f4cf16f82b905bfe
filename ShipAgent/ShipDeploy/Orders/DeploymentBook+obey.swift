import FleetDeploy
import FleetIdentity

/// What orders do to the book. Each changes everything that it means, or throws.
extension DeploymentBook {
    /// Takes a verified directive: its counter for good, and what it orders if that can be done.
    ///
    /// - Returns: why it is not done; `nil` if it is, or is under way.
    package mutating func take(
        _ directive: Directive,
        _ aboard: Aboard,
        at now: Moment
    ) -> DirectiveRefusal? {
        counter = directive.counter
        var book = self
        do throws(DirectiveRefusal) {
            try book.obey(directive, aboard, at: now)
            self = book
            return nil
        } catch {
            tellRefused(directive, error)
            return error
        }
    }

    private mutating func obey(
        _ directive: Directive,
        _ aboard: Aboard,
        at now: Moment
    ) throws(DirectiveRefusal) {
        switch directive.order {
        case .install(let installation):
            try install(installation, KeptOrder(directive), aboard, at: now)
        case .rollBack(let slot, let deployment, let digest):
            try rollBack(slot, deployment, digest, KeptOrder(directive), at: now)
        case .revoke(let revocation):
            try revoke(revocation, KeptOrder(directive), at: now)
        case .forget(let digest):
            try forget(digest)
        case .trust(let publicKey):
            guard !keys.contains(publicKey) else { return }
            guard keys.count < Self.keyLimit else {
                throw DirectiveRefusal(.busy, "\(keys.count) keys are trusted: distrust one first")
            }
            keys.append(publicKey)
        case .distrust(let keyID):
            let left = keys.filter { DirectiveKey.id(of: $0) != keyID }
            // A ship that trusts nobody would take whoever comes first.
            guard !left.isEmpty else {
                throw DirectiveRefusal(.unknownKey, "it is the only key that this ship obeys")
            }
            keys = left
        }
    }

    /// The slot, free for an order that has to change it: nothing is under way that has changed it already.
    private func free(
        _ slot: SlotName,
        _ aboard: Aboard
    ) throws(DirectiveRefusal) -> SlotState {
        guard aboard.slots[slot] != nil else {
            throw DirectiveRefusal(
                .noSuchSlot,
                "the agent's configuration has no slot \(slot)"
            )
        }
        let state = slots[slot.rawValue] ?? SlotState()
        if let task = state.task, !task.phase.isBefore {
            throw DirectiveRefusal(
                .busy,
                "slot \(slot) is \(task.phase.rawValue) for order \(task.activation)"
            )
        }
        return state
    }

    private func checkRevoked(
        _ digest: TreeDigest,
        _ deployment: UInt64
    ) throws(DirectiveRefusal) {
        guard severity(of: digest, deployment: deployment) == nil else {
            throw DirectiveRefusal(.revoked, "the version was revoked")
        }
    }

    private mutating func install(
        _ installation: Installation,
        _ order: KeptOrder,
        _ aboard: Aboard,
        at now: Moment
    ) throws(DirectiveRefusal) {
        let slot = installation.slot
        let state = try free(slot, aboard)
        try checkRevoked(installation.digest, installation.deployment)
        try aboard.check(installation.contract, in: slot)
        guard state.current == installation.replaces else {
            throw DirectiveRefusal(
                .otherVersion,
                "slot \(slot) runs \(state.current?.description ?? "nothing")"
            )
        }
        let isPromoted = installation.mode == .promotion
        guard !isPromoted || state.shadow == installation.digest else {
            throw DirectiveRefusal(
                .notHeld,
                "the shadow of slot \(slot) runs \(state.shadow?.description ?? "nothing")"
            )
        }
        let isHere = isPromoted || aboard.holds(installation.digest)
        let need = installation.size.addingReportingOverflow(Aboard.margin)
        guard isHere || !need.overflow && need.partialValue <= aboard.freeBytes else {
            throw DirectiveRefusal(
                .noSpace,
                "the version takes \(installation.size) bytes, and \(aboard.freeBytes) are free"
            )
        }
        supersede(slot, by: order)
        var task = SlotTask(
            order: order,
            digest: installation.digest,
            deployment: installation.deployment,
            link: installation.link,
            phase: isHere ? .staged : .downloading
        )
        let running = task.link == .current ? state.current : state.shadow
        if running == installation.digest {
            tell(.succeeded, task, in: slot, "it runs already")
            return
        }
        task.before = running
        slots[slot.rawValue, default: SlotState()].task = task
        guard isHere else { return }
        tell(.staged, task, in: slot, isPromoted ? "it is in the shadow" : "it was aboard already")
    }

    private mutating func rollBack(
        _ slot: SlotName,
        _ deployment: UInt64,
        _ digest: TreeDigest,
        _ order: KeptOrder,
        at now: Moment
    ) throws(DirectiveRefusal) {
        guard let state = slots[slot.rawValue] else {
            throw DirectiveRefusal(.otherVersion, "slot \(slot) runs nothing")
        }
        if let task = state.task, task.digest == digest {
            if task.phase.isBefore {
                end(slot, .canceled, "the shore ordered it back", at: now)
            } else {
                goBack(slot, "the shore ordered it back")
            }
            return
        }
        guard state.task?.phase.isBefore ?? true else {
            throw DirectiveRefusal(.busy, "slot \(slot) is busy with another version")
        }
        let isCandidate = state.shadow == digest && state.shadowOrder?.deployment == deployment
        guard state.current == digest || isCandidate else {
            throw DirectiveRefusal(
                .otherVersion,
                "slot \(slot) runs \(state.current?.description ?? "nothing")"
            )
        }
        supersede(slot, by: order)
        let link: SlotTask.Link = isCandidate ? .shadow : .current
        takeBack(slot, link, order, deployment: deployment, whenSafe: false)
        goBack(slot, "the shore ordered it back")
    }

    /// A task for a version that was committed, and has to go nevertheless.
    private mutating func takeBack(
        _ slot: SlotName,
        _ link: SlotTask.Link,
        _ order: KeptOrder,
        deployment: UInt64,
        whenSafe: Bool
    ) {
        guard let state = slots[slot.rawValue],
            let digest = link == .current ? state.current : state.shadow
        else { return }
        var task = SlotTask(
            order: order,
            digest: digest,
            deployment: deployment,
            link: link,
            phase: .soaking
        )
        task.wasCommitted = true
        task.leavesWhenSafe = whenSafe
        task.before = link == .current ? state.previous : nil
        slots[slot.rawValue]?.task = task
    }

    private mutating func revoke(
        _ revocation: Revocation,
        _ order: KeptOrder,
        at now: Moment
    ) throws(DirectiveRefusal) {
        let known = KnownRevocation(revocation)
        if !revocations.contains(known) {
            makeRoomForRevocation()
            guard revocations.count < Self.revocationLimit else {
                throw DirectiveRefusal(
                    .busy,
                    "\(revocations.count) versions are revoked: forget some of them first"
                )
            }
            revocations.append(known)
        }
        for name in slots.keys.sorted() {
            guard let slot = SlotName(name) else { continue }
            stop(revocation, known, slot, order, at: now)
        }
    }

    /// An order to stop must not be refused because many were stopped before: where the list is full, the
    /// oldest goes that concerns one deployment alone and nothing that is aboard. No order of that deployment
    /// can come again, since counters go upwards.
    private mutating func makeRoomForRevocation() {
        guard revocations.count >= Self.revocationLimit else { return }
        let needed = needed
        let over = revocations.firstIndex {
            $0.deployment != nil && !needed.contains($0.digest)
        }
        if let over { revocations.remove(at: over) }
    }

    private mutating func stop(
        _ revocation: Revocation,
        _ known: KnownRevocation,
        _ slot: SlotName,
        _ order: KeptOrder,
        at now: Moment
    ) {
        if let task = slots[slot.rawValue]?.task, known.concerns(task.digest, of: task.deployment) {
            switch task.phase {
            case .downloading:
                end(slot, .canceled, "the version was revoked", at: now)
            case .staged, .armed:
                guard revocation.severity >= .doNotActivate else { return }
                end(slot, .canceled, "the version was revoked", at: now)
            case .activating, .soaking:
                if revocation.severity == .rollBackNow {
                    goBack(slot, "the version was revoked")
                } else if revocation.severity == .rollBackWhenSafe {
                    slots[slot.rawValue]?.task?.leavesWhenSafe = true
                }
            case .goingBack: break
            }
        }
        guard revocation.severity >= .rollBackWhenSafe, let state = slots[slot.rawValue] else {
            return
        }
        for (link, running, brought) in [
            (SlotTask.Link.current, state.current, state.order),
            (.shadow, state.shadow, state.shadowOrder),
        ] {
            let deployment = brought?.deployment
            guard let running, known.concerns(running, of: deployment) else { continue }
            if let task = slots[slot.rawValue]?.task {
                // It goes back already, or leaves; or another version is on its way, which has to wait.
                guard task.phase.isBefore else { continue }
                end(slot, .canceled, "what it was to replace was revoked", at: now)
            }
            takeBack(
                slot,
                link,
                order,
                deployment: deployment ?? 0,
                whenSafe: revocation.severity == .rollBackWhenSafe
            )
            if revocation.severity == .rollBackNow { goBack(slot, "the version was revoked") }
        }
    }

    private mutating func forget(_ digest: TreeDigest) throws(DirectiveRefusal) {
        for (name, state) in slots {
            let isUsed =
                state.current == digest || state.shadow == digest || state.task?.digest == digest
                || state.task?.before == digest
            guard !isUsed else {
                throw DirectiveRefusal(.busy, "slot \(name) needs the version")
            }
        }
        for (name, known) in slots {
            var state = known
            if state.older == digest { state.older = nil }
            if state.previous == digest {
                state.previous = state.older
                state.older = nil
            }
            slots[name] = state
        }
        downloads.removeAll { $0.tree == digest }
        // What was revoked of one deployment is over with it; what was revoked altogether stays so.
        revocations.removeAll { $0.digest == digest && $0.deployment != nil }
    }

    private mutating func supersede(_ slot: SlotName, by order: KeptOrder) {
        guard let task = slots[slot.rawValue]?.task else { return }
        slots[slot.rawValue]?.task = nil
        downloads.removeAll { $0.slot == slot.rawValue }
        tell(.superseded, task, in: slot, "order \(order.directive.counter) came")
    }

    private mutating func tellRefused(_ directive: Directive, _ refusal: DirectiveRefusal) {
        let about: (slot: SlotName, deployment: UInt64, digest: TreeDigest, link: SlotTask.Link)
        switch directive.order {
        case .install(let order):
            about = (order.slot, order.deployment, order.digest, order.link)
        case .rollBack(let slot, let deployment, let digest):
            about = (slot, deployment, digest, .current)
        // Of no slot: the answer alone tells of it.
        case .revoke, .forget, .trust, .distrust: return
        }
        outcomes.append(
            Outcome(
                slot: about.slot,
                deployment: about.deployment,
                activation: directive.counter,
                digest: about.digest,
                running: slots[about.slot.rawValue]?.running(about.link),
                state: .refused,
                reason: "\(refusal.code.rawValue): \(refusal.reason)"
            )
        )
    }
}

extension KeptOrder {
    /// That brought a version.
    fileprivate var deployment: UInt64? { installation?.deployment }
}

extension Installation {
    /// Where the version runs once it does.
    fileprivate var link: SlotTask.Link { mode == .shadow ? .shadow : .current }
}

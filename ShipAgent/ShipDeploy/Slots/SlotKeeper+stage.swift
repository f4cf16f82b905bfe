import FleetDeploy
import FleetRuntime
import Logging

/// From the order to the point where only the rule is waited for.
extension SlotKeeper {
    /// Builds the tree once its bytes are here.
    func stage(_ task: SlotTask, _ book: DeploymentBook) async throws -> Duration? {
        let tree = task.digest
        if !shelf.holds(tree) {
            guard let download = book.downloads.first(where: { $0.tree == tree }) else {
                try await waits(task, for: "the shore has not offered its bytes yet")
                return Self.poll
            }
            let held = shelf.received(download.delta)
            guard held >= download.size else {
                if task.waitsFor == nil {
                    try await waits(task, for: "\(held) of \(download.size) bytes are here")
                }
                return Self.poll
            }
            let size = task.order.installation?.size ?? 0
            if let trouble = try await build(tree, of: size, download) {
                return try await retry(task, download, trouble)
            }
            try tools.passed(.built)
        }
        try await journal.change { $0.staged(tree) }
        try tools.passed(.staged)
        return nil
    }

    private func build(
        _ tree: TreeDigest,
        of size: UInt64,
        _ download: Download
    ) async throws -> DeployError? {
        let shelf = shelf
        do {
            try await OwnThread.run {
                guard try shelf.isWhole(download.delta) else {
                    throw DeployError(.damaged, "what came is not what was offered")
                }
                try shelf.build(tree, of: size, from: download.delta, bases: download.bases)
            }
            return nil
        } catch let error as DeployError {
            return error
        } catch let error as FileError {
            return DeployError(.file, "\(error)")
        }
    }

    /// What came wrong may come right; what does not fit will not.
    private func retry(
        _ task: SlotTask,
        _ download: Download,
        _ trouble: DeployError
    ) async throws -> Duration? {
        guard trouble.code == .damaged, download.failures + 1 < 3 else {
            try shelf.drop(download.delta)
            return try await end(task, trouble.reason)
        }
        tools.logger.warning("slot \(name): \(trouble.reason); it is fetched again")
        // Its end may be torn: that is all that has to come again, if it is all that is wrong.
        if download.failures == 0 {
            let shelf = shelf
            try await OwnThread.run { _ = try shelf.vouch(for: download.delta) }
        } else {
            try shelf.drop(download.delta)
        }
        let name = name
        try await journal.change { book in
            for index in book.downloads.indices where book.downloads[index].delta == download.delta
            {
                book.downloads[index].failures += 1
            }
            book.waits(name, task.activation, for: trouble.reason)
        }
        return Self.poll
    }

    /// Looks at everything that the activation will need.
    func arm(_ task: SlotTask, _ book: DeploymentBook) async throws -> Duration? {
        let name = name
        let shelf = shelf
        let isGood = try await OwnThread.run { shelf.verify(task.digest) }
        guard isGood else {
            var others = book
            others.slots[name.rawValue]?.task = nil
            guard task.order.installation != nil, !others.needed.contains(task.digest) else {
                return try await end(task, "the version is aboard, but damaged")
            }
            try FolderWork.remove(shelf.path(task.digest))
            try await journal.change {
                $0.spoiled(name, task.activation, "what was staged is damaged: it comes again")
            }
            return Self.poll
        }
        if task.link == .current, let before = task.before, !shelf.holds(before) {
            return try await end(task, "the version that runs is not on the shelf: no way back")
        }
        try await journal.change { $0.armed(name, task.activation) }
        try tools.passed(.armed)
        return nil
    }

    func waitForRule(_ task: SlotTask) async throws -> Duration? {
        let now = tools.clock.now()
        let facts = await tools.facts.facts(at: now.wall)
        switch task.order.activation.verdict(facts, at: now.wall) {
        case .allowed:
            // Without knowing what is usual nobody could tell what is not.
            if task.order.contract?.asksForAnomalies == true,
                let reason = await detector?.reasonToWait()
            {
                try await waits(task, for: reason)
                return Self.poll
            }
            return try await activate(task)
        case .waiting(let reason):
            try await waits(task, for: reason)
            return Self.poll
        case .expired(let reason): return try await end(task, reason)
        }
    }
}

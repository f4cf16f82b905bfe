import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipStore

/// Takes in what others write remotely, and answers when it is durable.
///
/// Requests that come together share one transaction. What is taken in moves each series' newest
/// sample at once; when the transaction fails, that is taken back, for it and for what came behind
/// it, so that the senders can send it all again.
package actor RemoteWriteReceiver: Service {
    private let store: ShipStore
    let gate: LabelGate
    private let account: IntakeAccount
    private let clock: WallClock
    private let logger: Logger
    private let throttle = Throttle(every: .seconds(60))
    private let (wakes, wake) = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    var cache = SentSeriesCache()
    var memory: SeriesMemory
    var verdicts = VerdictTable()
    var families = MetricFamilies()
    var groups: [String: UInt32] = [:]
    private var requests: RememberedRequests
    private var pending = PendingSamples()
    private var isCommitting = false
    private var hasEnded = false

    /// Reads what the store knows of earlier runs.
    package init(
        store: ShipStore,
        gate: LabelGate,
        account: IntakeAccount,
        clock: WallClock,
        logger: Logger
    ) async throws {
        self.store = store
        self.gate = gate
        self.account = account
        self.clock = clock
        self.logger = logger
        let known = try await store.intakeMemory()
        memory = SeriesMemory(newest: known.newest)
        requests = RememberedRequests(
            known.requests,
            limit: RemoteWriteLimits.rememberedRequests
        )
    }

    /// Takes in a request and waits until it is on the disk.
    ///
    /// - Parameters:
    ///   - table: the request. Its memory is given up before the wait, and then `onceRead` is called.
    ///   - digest: of the request as sent, by which it is known again.
    /// - Throws: `StoreError` where nothing of it was taken in, and it may be sent again.
    package func take(
        _ table: consuming WriteTable,
        digest: [UInt8],
        from client: String,
        onceRead: @Sendable () -> Void = {}
    ) async throws -> RemoteWriteOutcome {
        guard !hasEnded else { throw StoreError(.busy, "the agent is ending") }
        var outcome = RemoteWriteOutcome()
        outcome.histograms = table.histograms
        outcome.exemplars = table.exemplars
        if requests.contains(digest) {
            outcome.isRepeated = true
            outcome.duplicates = table.sampleCount
            // In a transaction that is under way, perhaps.
            try await waitUntilDurable()
            account.count(outcome, violations: [:], from: client)
            return outcome
        }
        families.note(table.families)
        var rows: [UInt32] = []
        var examples: [LabelViolation: String] = [:]
        while true {
            let missing = find(table, &rows)
            if missing.isEmpty { break }
            try await enter(missing, of: table, &examples)
        }
        // From here to the wait nobody else comes between.
        admit(table, rows, &outcome)
        // What was refused is refused again, and said again.
        if !outcome.isPartial, outcome.accepted > 0 {
            pending.digests.append(digest)
            requests.insert(digest)
        }
        table = WriteTable()
        onceRead()
        try await waitUntilDurable()
        account.count(outcome, violations: examples, from: client)
        return outcome
    }

    private func admit(
        _ table: WriteTable,
        _ rows: [UInt32],
        _ outcome: inout RemoteWriteOutcome
    ) {
        let now = clock.now()
        let latest = (now + RemoteWriteLimits.ahead).milliseconds
        let earliest = (now - RemoteWriteLimits.behind).milliseconds
        // Out of the actor for the loop: each access to an actor's property is checked.
        var memory = SeriesMemory(newest: [])
        var pending = PendingSamples()
        swap(&memory, &self.memory)
        swap(&pending, &self.pending)
        defer {
            swap(&memory, &self.memory)
            swap(&pending, &self.pending)
        }
        var sample = 0
        for (series, row) in zip(table.series, rows) {
            let end = Int(series.samplesEnd)
            defer { sample = end }
            if VerdictTable.isVerdict(row) {
                switch verdicts.verdict(row) {
                case .dropped: outcome.dropped += end - sample
                case .refused(let violation):
                    outcome.refused[violation, default: 0] += end - sample
                }
                continue
            }
            let group = memory.group(of: row)
            while sample < end {
                let time = table.times[sample]
                let value = table.values[sample]
                sample &+= 1
                guard time <= latest, time >= earliest else {
                    outcome.outOfBounds += 1
                    continue
                }
                switch memory.admit(row, time, value, &pending.former) {
                case .taken:
                    pending.append(group, time, row, value)
                    outcome.accepted += 1
                case .duplicate: outcome.duplicates += 1
                case .conflict: outcome.conflicts += 1
                case .outOfOrder: outcome.outOfOrder += 1
                }
            }
        }
    }

    // MARK: Transactions

    /// Returns when everything taken in so far is on the disk.
    private func waitUntilDurable() async throws {
        guard pending.sampleCount > 0 || !pending.waiters.isEmpty || isCommitting else { return }
        try await withCheckedThrowingContinuation { waiter in
            pending.waiters.append(waiter)
            wake.yield()
        }
    }

    package nonisolated func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in wakes { await commitAll() }
        } onGracefulShutdown: {
            self.wake.finish()
        }
        await end()
    }

    private func commitAll() async {
        while !pending.isEmpty { await commit() }
    }

    /// Whatever came while the last transaction was under way is kept, and nothing more.
    private func end() async {
        hasEnded = true
        await commitAll()
    }

    private func commit() async {
        if pending.sampleCount < RemoteWriteLimits.gatheredSamples {
            // Not cancellable on purpose: senders wait for an answer.
            try? await Task.sleep(for: RemoteWriteLimits.gather)
        }
        let generation = pending
        pending = PendingSamples()
        isCommitting = true
        defer { isCommitting = false }
        let batches = generation.batches()
        let digests = requests.slots(of: generation.digests)
        let now = clock.now()
        do {
            if !batches.isEmpty || !digests.isEmpty {
                try await store.write { writer in
                    try writer.accept(batches, at: now)
                    try writer.remember(requests: digests)
                }
            }
            for waiter in generation.waiters { waiter.resume() }
        } catch {
            throttle.log(logger, .warning, "what was written remotely could not be kept: \(error)")
            // What came meanwhile was judged by what is not there now.
            let later = pending
            pending = PendingSamples()
            for failed in [later, generation] {
                memory.takeBack(failed.former)
                for digest in failed.digests { requests.remove(digest) }
                for waiter in failed.waiters { waiter.resume(throwing: error) }
            }
        }
    }

    // MARK: New series

    /// One transaction for all of a request's new series.
    func resolve(
        _ definitions: [(labels: LabelSet, kind: SeriesKind)],
        groups identities: [String]
    ) async throws -> (numbers: [SeriesNumber], groups: [UInt32]) {
        try await store.write { writer in
            (
                try writer.resolve(definitions),
                try identities.map { try writer.target($0).group }
            )
        }
    }

    var minute: UInt32 {
        UInt32(truncatingIfNeeded: max(0, clock.now().milliseconds / 60_000))
    }
}

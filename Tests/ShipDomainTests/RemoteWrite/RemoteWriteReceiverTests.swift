import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Glibc
import Logging
import ShipDomain
import ShipStore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct RemoteWriteReceiverTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let start = now.milliseconds - 60_000

    /// Lends a receiver that runs on the store in a folder; it is ended afterwards.
    private func with<Result: Sendable>(
        _ folder: String,
        gate: LabelGate = LabelGate(),
        registry: MetricsRegistry = MetricsRegistry(),
        _ body: @Sendable (RemoteWriteReceiver, ShipStore) async throws -> Result
    ) async throws -> Result {
        let store = try ShipStore(directory: folder, create: true)
        let receiver = try await RemoteWriteReceiver(
            store: store,
            gate: gate,
            account: IntakeAccount(registry),
            clock: .fixed(Self.now),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await receiver.run() }
            let result = try await body(receiver, store)
            tasks.cancelAll()
            return result
        }
    }

    private func send(
        _ series: [WriteMessage.Series],
        to receiver: RemoteWriteReceiver
    ) async throws -> RemoteWriteOutcome {
        var message = WriteMessage()
        message.series = series
        let bytes = message.first
        // Any digest that differs where the bytes do.
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        let digest = withUnsafeBytes(of: hash) { Array($0) }
        return try await receiver.take(WriteTable(first: bytes), digest: digest, from: "test")
    }

    private func one(_ name: String, _ samples: [(Int64, Double)]) -> WriteMessage.Series {
        WriteMessage.series(
            [("__name__", name), ("instance", "i"), ("job", "j")],
            samples.map { (Self.start + $0.0, $0.1) }
        )
    }

    private func produced(_ store: ShipStore) async throws -> UInt64 {
        let status = try await store.status()
        return status.first { $0.lane == .metrics }?.ledger.produced ?? 0
    }

    @Test func `what is acknowledged is in the store, once`() async throws {
        try await withTemporaryDirectory { folder in
            try await with(folder) { receiver, store in
                let request = [one("a", [(0, 1), (1000, 2)]), one("b", [(0, -0.0)])]
                let first = try await send(request, to: receiver)
                #expect(first.accepted == 3)
                #expect(!first.isPartial)
                #expect(try await produced(store) == 3)
                let again = try await send(request, to: receiver)
                #expect(again.isRepeated)
                #expect(again.accepted == 0)
                #expect(!again.isPartial)
                let other = try await send(Array(request.reversed()), to: receiver)
                // The older sample of `a` is known only as older than its newest.
                #expect(other.duplicates == 2)
                #expect(other.outOfOrder == 1)
                #expect(try await produced(store) == 3)
            }
        }
    }

    @Test func `every sample that is not taken in is counted by why`() async throws {
        try await withTemporaryDirectory { folder in
            try await with(folder) { receiver, store in
                _ = try await send([one("a", [(5000, 1)])], to: receiver)
                var request = [
                    one("a", [(4000, 1), (5000, 7), (5000, 1), (6000, 2)]),
                    one("b", [(60_000 + 601_000, 1), (-32 * 86_400_000, 1)]),
                ]
                request[1].histograms = 2
                request[1].exemplars = 1
                let outcome = try await send(request, to: receiver)
                #expect(outcome.outOfOrder == 1)
                #expect(outcome.conflicts == 1)
                #expect(outcome.duplicates == 1)
                #expect(outcome.accepted == 1)
                #expect(outcome.outOfBounds == 2)
                #expect(outcome.histograms == 2)
                #expect(outcome.exemplars == 1)
                #expect(outcome.isPartial)
                #expect(try await produced(store) == 2)
                // Said again when it is sent again: it is not remembered as taken in.
                let again = try await send(request, to: receiver)
                #expect(!again.isRepeated)
                #expect(again.isPartial)
            }
        }
    }

    @Test(arguments: [false, true])
    func `what was sent before a restart is known after it`(isSealed: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let request = [one("a", [(0, 1), (1000, 2)]), one("b", [(0, 3)])]
            try await with(folder) { receiver, store in
                _ = try await send(request, to: receiver)
                guard isSealed else { return }
                try await store.tidy { writer in
                    var encoder = MetricsSegmentEncoder()
                    _ = try writer.sealWindow(
                        acceptedBefore: Timestamp(milliseconds: .max),
                        orAtLeast: 1,
                        encoder: &encoder
                    )
                }
            }
            try await with(folder) { receiver, store in
                #expect(try await send(request, to: receiver).isRepeated)
                let mixed = try await send([one("a", [(1000, 2), (2000, 4)])], to: receiver)
                #expect(mixed.duplicates == 1)
                #expect(mixed.accepted == 1)
                let older = try await send([one("a", [(500, 9)])], to: receiver)
                #expect(older.outOfOrder == 1)
                #expect(try await produced(store) == 4)
            }
        }
    }

    @Test func `requests that come together are all durable, and sealed as the scrapes they were`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            try await with(folder) { receiver, store in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for sender in 0..<20 {
                        tasks.addTask {
                            for round in 0..<5 {
                                let time = Int64(round * 1000)
                                let outcome = try await send(
                                    (0..<10).map { one("m\(19 - sender)_\($0)", [(time, 1)]) },
                                    to: receiver
                                )
                                #expect(outcome.accepted == 10)
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                #expect(try await produced(store) == 1000)
                let sealed = try await store.tidy { writer in
                    var encoder = MetricsSegmentEncoder()
                    return try writer.sealWindow(
                        acceptedBefore: Timestamp(milliseconds: .max),
                        orAtLeast: 1,
                        encoder: &encoder
                    )
                }
                #expect(sealed == 1000)
                let segment = try #require(try await store.segment(.metrics, 0))
                let groups = try MetricsSegmentDecoder.decode(segment.bytes[...]).groups
                #expect(groups.count == 1)
                #expect(groups.first?.timestamps.count == 5)
                #expect(groups.first?.sampleCount == 1000)
            }
        }
    }

    @Test func `when the store refuses, nothing is taken in, and the same can be sent again`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            try await with(folder) { receiver, store in
                _ = try await send([one("a", [(0, 1)])], to: receiver)
                let request = [one("a", [(1000, 2)])]
                let other = try ShipStore(directory: folder, create: false)
                // Longer than SQLite waits for another process.
                let isBlocked = Atomic(false)
                let mayEnd = Atomic(false)
                async let blocked: Void = other.write { _ in
                    isBlocked.store(true, ordering: .releasing)
                    while !mayEnd.load(ordering: .acquiring) { usleep(10_000) }
                }
                while !isBlocked.load(ordering: .acquiring) {
                    try await Task.sleep(for: .milliseconds(10))
                }
                await #expect { try await send(request, to: receiver) } throws: {
                    ($0 as? StoreError)?.isRetryable == true
                }
                mayEnd.store(true, ordering: .releasing)
                try await blocked
                let again = try await send(request, to: receiver)
                #expect(again.accepted == 1)
                #expect(!again.isRepeated)
                #expect(try await produced(store) == 2)
            }
        }
    }

    @Test func `the gate's word is kept for each series, and counted by sample`() async throws {
        let gate = LabelGate(
            rules: [try RelabelRule(action: .drop, sourceLabels: ["__name__"], regex: "noise.*")],
            policy: LabelPolicy(values: ["tenant_id": "acme"])
        )
        let registry = MetricsRegistry()
        try await withTemporaryDirectory { folder in
            try await with(folder, gate: gate, registry: registry) { receiver, store in
                for round in 0..<2 {
                    let time = Int64(round * 1000)
                    let foreign = WriteMessage.series(
                        [("__name__", "a"), ("tenant_id", "evil")],
                        [(Self.start + time, 1)]
                    )
                    let outcome = try await send(
                        [one("noise_1", [(time, 1)]), foreign, one("good", [(time, 1)])],
                        to: receiver
                    )
                    #expect(outcome.dropped == 1)
                    #expect(
                        outcome.refused == [LabelViolation(.wrongValue, label: "tenant_id"): 1]
                    )
                    #expect(outcome.accepted == 1)
                    #expect(outcome.isPartial)
                }
                #expect(try await produced(store) == 2)
            }
        }
        #expect(
            registry.exposition().contains(
                """
                hawser_label_violations_total{way="remote_write",reason="wrong_value",\
                label="tenant_id"} 2
                """
            )
        )
    }
}

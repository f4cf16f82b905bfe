import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Logging
import ShipDomain
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LogKeeperTests {
    private static let now = Timestamp(milliseconds: 1_795_254_788_000)
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func keeper(_ store: ShipStore, maxBytes: Int, age: Duration = .zero) -> LogKeeper {
        let clock = WallClock.fixed(Self.now + .seconds(1))
        return LogKeeper(
            store: store,
            notebook: Notebook(store: store, clock: clock, logger: Self.silent),
            age: age,
            maxBytes: maxBytes,
            clock: clock,
            logger: Self.silent
        )
    }

    /// Messages that don't compress, so that limits are reached.
    private func records(
        _ count: Int,
        _ severity: LogRecord.Severity,
        bytes: Int = 1000,
        seed: UInt64
    ) -> [LogRecord] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let letters = (0..<bytes).map { _ in UInt8.random(in: 0x21...0x7E, using: &generator) }
            return LogRecord(
                at: Self.now + .milliseconds(Int64(index)),
                severity: severity,
                message: String(decoding: letters, as: UTF8.self)
            )
        }
    }

    private func lane(_ store: ShipStore) async throws -> LaneStatus {
        let lane = try await store.status().first { $0.lane == .logs }
        return try #require(lane)
    }

    private func stored(_ store: ShipStore) async throws -> [LogRecord] {
        let end = try await store.ends()[.logs] ?? 0
        var records: [LogRecord] = []
        for sequence in 0..<end {
            let segment = try #require(try await store.segment(.logs, sequence))
            let content = try LogSegment.decode(segment.bytes[...])
            #expect(UInt64(content.count) == segment.recordCount)
            records += content
        }
        return records
    }

    @Test func `what was accepted is sealed in the order of time`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let late = records(20, .error, seed: 1)
            let early = late.map {
                LogRecord(at: $0.at - .seconds(60), severity: .debug, message: "early")
            }
            try await store.write { try $0.accept(late + early, at: Self.now) }
            let before = try await lane(store)
            #expect(before.ledger == LedgerTotals(produced: 40, pending: 40))
            _ = try await keeper(store, maxBytes: 1 << 20).tend()
            #expect(try await stored(store) == early + late)
            #expect(try await lane(store).ledger == LedgerTotals(produced: 40, pending: 40))
        }
    }

    @Test func `records of weeks go into segments that each can be searched`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let spread = (0..<50).map {
                LogRecord(at: Self.now - .seconds($0 * 9000), severity: .notice, message: "\($0)")
            }
            try await store.write { try $0.accept(spread, at: Self.now) }
            _ = try await keeper(store, maxBytes: 1 << 20).tend()
            #expect(try await stored(store) == spread.reversed())
        }
    }

    @Test func `young records wait, unless they are many`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            try await store.write { try $0.accept(records(5, .error, seed: 2), at: Self.now) }
            let patient = keeper(store, maxBytes: 16 << 20, age: .seconds(3600))
            _ = try await patient.tend()
            #expect(try await store.ends()[.logs] == 0)
            let many = records(1200, .error, seed: 3)
            try await store.write { try $0.accept(many, at: Self.now) }
            _ = try await patient.tend()
            #expect(try await store.ends()[.logs] ?? 0 > 0)
        }
    }

    @Test func `a full queue drops the mildest first, then the oldest, and declares it`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let limit = 2 * 1024 * 1024
            let keeper = keeper(store, maxBytes: limit)
            var dropped: [LogRecord.Severity: Int] = [:]
            var produced = 0
            for round in 0..<8 {
                for severity in [LogRecord.Severity.debug, .informational, .error] {
                    let batch = records(200, severity, seed: UInt64(round * 10) + 100)
                    produced += batch.count
                    try await store.write { try $0.accept(batch, at: Self.now) }
                }
                dropped.merge(try await keeper.tend()) { $0 + $1 }
                let status = try await lane(store)
                #expect(status.queuedBytes <= UInt64(limit))
                #expect(status.ledger.balances)
                #expect(status.ledger.produced == UInt64(produced))
                #expect(status.ledger.lost == UInt64(dropped.values.reduce(0, +)))
            }
            #expect(dropped[.debug] ?? 0 > 0)
            #expect(dropped[.error] == nil, "\(dropped)")
            #expect(dropped[.debug] ?? 0 > dropped[.informational] ?? 0)
        }
    }

    @Test func `a queue of the gravest alone drops its oldest`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let keeper = keeper(store, maxBytes: 1024 * 1024)
            for round in 0..<4 {
                let batch = (0..<50).map { index in
                    records(1, .critical, bytes: 20_000, seed: UInt64(round * 50 + index))[0]
                }
                try await store.write { try $0.accept(batch, at: Self.now) }
                _ = try await keeper.tend()
            }
            let status = try await lane(store)
            #expect(status.queuedBytes <= 1024 * 1024)
            #expect(status.ledger.balances)
            #expect(status.ledger.lost > 0)
        }
    }

    @Test func `what was packed for want of a link goes first when there is one`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let keeper = keeper(store, maxBytes: 64 << 20)
            var all: Set<String> = []
            for round in 0..<6 {
                let batch = records(400, round % 2 == 0 ? .debug : .error, seed: UInt64(round) + 40)
                all.formUnion(batch.map(\.message))
                try await store.write { try $0.accept(batch, at: Self.now) }
                _ = try await keeper.tend()
            }
            // The shore takes all that is in the lane, again and again.
            var received: [LogRecord] = []
            var sequence: UInt64 = 0
            while try await lane(store).ledger.pending > 0 {
                let end = try await store.ends()[.logs] ?? 0
                try #require(sequence < end)
                while sequence < end {
                    let segment = try #require(try await store.segment(.logs, sequence))
                    received += try LogSegment.decode(segment.bytes[...])
                    sequence += 1
                }
                try await store.release([.init(lane: .logs, sequence: sequence, durableOffset: 0)])
                _ = try await keeper.tend()
            }
            #expect(received.count == 2400)
            #expect(Set(received.map(\.message)) == all)
            let ledger = try await lane(store).ledger
            #expect(ledger == LedgerTotals(produced: 2400, stored: 2400))
        }
    }
}

import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import GRDB
import ShipStore
import ShipTestSupport
import Testing

/// Fresh samples that find no link leave their lane, and come back in another one.
@Suite(.timeLimit(.minutes(10)))
struct BacklogTests {
    private func withStore(
        _ body: (ShipStore, Hand) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let hand = Hand(at: Aboard.now)
            try await body(ShipStore(directory: folder, create: true, clock: hand.clock), hand)
        }
    }

    /// Minutes of samples, one segment each.
    private func sail(_ minutes: Int, _ store: ShipStore, _ hand: Hand) async throws {
        for minute in 0..<minutes {
            try await Aboard.accept(store, at: hand.now, series: 5, seed: UInt64(minute))
            try await Aboard.seal(store)
            hand.move(.seconds(60))
        }
    }

    @discardableResult
    private func withdrawAll(_ store: ShipStore) async throws -> Int {
        var samples = 0
        while true {
            let move = try await store.tidy { try $0.withdraw() }
            if move.segments == 0 { return samples }
            samples += move.samples
        }
    }

    private func compactAll(_ store: ShipStore) async throws {
        while try await store.tidy({ try $0.compactPool() }).segments > 0 {}
    }

    @Test func `what waits ten minutes leaves the lane, and the lane goes on without a gap`()
        async throws
    {
        try await withStore { store, hand in
            try await sail(9, store, hand)
            #expect(try await withdrawAll(store) == 0)
            try await sail(3, store, hand)
            #expect(try await withdrawAll(store) == 60)
            #expect(try await store.ends()[.metrics] == 0)
            let items = try await store.pool()
            #expect(items.reduce(0) { $0 + $1.samples } == 60)
            #expect(
                try await Aboard.ledger(store, .metrics) == LedgerTotals(produced: 60, pending: 60)
            )
            try await sail(2, store, hand)
            #expect(try await store.ends()[.metrics] == 2)
            let next = try #require(try await store.segment(.metrics, 0))
            #expect(try MetricsSegmentDecoder.summary(of: next.bytes[...]).predecessor == nil)
            try await Aboard.check(store)
        }
    }

    @Test func `what a session was given stays where it is`() async throws {
        try await withStore { store, hand in
            try await sail(3, store, hand)
            let offered = try #require(try await store.offer(.metrics, 1))
            #expect(try await store.offer(.metrics, 9) == nil)
            try await sail(20, store, hand)
            try await withdrawAll(store)
            // Two that were offered, and those sealed with them as predecessors.
            let kept = try await Aboard.segments(store, .metrics)
            #expect(kept.count >= 2)
            #expect(kept.count < 12)
            #expect(kept[1].bytes == offered.bytes)
            try await Aboard.check(store)
            let reopened = try ShipStore(directory: store.directory, create: false)
            #expect(try await reopened.offer(.metrics, 1)?.bytes == offered.bytes)
        }
    }

    @Test func `a lane that flows is never cut`() async throws {
        try await withStore { store, hand in
            for _ in 0..<40 {
                try await sail(1, store, hand)
                let end = try #require(try await store.ends()[.metrics])
                _ = try await store.offer(.metrics, end - 1)
                try await withdrawAll(store)
            }
            let segments = try await Aboard.segments(store, .metrics)
            #expect(segments.count == 40)
            let keys = try segments.filter {
                try MetricsSegmentDecoder.summary(of: $0.bytes[...]).predecessor == nil
            }
            #expect(keys.count == 1)
        }
    }

    @Test func `the backlog is sealed anew into segments of an hour, bit by bit the same`()
        async throws
    {
        try await withStore { store, hand in
            var voyage = Voyage()
            for minute in 0..<150 {
                try await voyage.accept(store, at: hand.now, series: 7, seed: UInt64(minute))
                try await Aboard.seal(store)
                hand.move(.seconds(60))
                if minute % 11 == 0 { try await withdrawAll(store) }
            }
            hand.move(.seconds(3600))
            try await withdrawAll(store)
            let short = try await store.pool()
            try await compactAll(store)
            let long = try await store.pool()
            #expect(long.count < short.count)
            #expect(long.count <= 6)
            for item in long { #expect(item.last - item.first < .seconds(3600)) }
            #expect(try await voyage.isWhole(store))
            #expect(
                long.reduce(0) { $0 + $1.length } < short.reduce(0) { $0 + $1.length }
            )
        }
    }

    @Test func `the newest goes first, and the oldest has one turn in five`() async throws {
        try await withStore { store, hand in
            for _ in 0..<10 {
                try await sail(1, store, hand)
                hand.move(.seconds(3600))
                try await withdrawAll(store)
            }
            let items = try await store.pool()
            #expect(items.count == 10)
            var order: [Timestamp] = []
            while let end = try await store.sequenceNext(.backlog) {
                let segment = try #require(try await store.segment(.backlog, end - 1))
                order.append(try MetricsSegmentDecoder.summary(of: segment.bytes[...]).first)
            }
            let times = items.map(\.first)
            #expect(order == [9, 8, 7, 6, 0, 5, 4, 3, 2, 1].map { times[$0] })
            try await Aboard.check(store)
            try await store.release([
                UploadSession.Release(lane: .backlog, sequence: 4, durableOffset: 0)
            ])
            #expect(
                try await Aboard.ledger(store, .metrics)
                    == LedgerTotals(produced: 50, stored: 20, pending: 30)
            )
        }
    }

    @Test func `a store of the version before is taken over with all it holds`() async throws {
        try await withTemporaryDirectory { folder in
            let hand = Hand(at: Aboard.now)
            let segments: [StoredSegment]
            do {
                let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
                try await sail(30, store, hand)
                segments = try await Aboard.segments(store, .metrics)
            }
            try makeFormer("\(folder)/store.sqlite")
            let store = try ShipStore(directory: folder, create: false, clock: hand.clock)
            hand.move(.seconds(86_400))
            #expect(try await withdrawAll(store) == 0, "any of it may have been sent")
            #expect(
                try await Aboard.segments(store, .metrics).map(\.bytes) == segments.map(\.bytes)
            )
            #expect(
                try await Aboard.ledger(store, .metrics)
                    == LedgerTotals(produced: 150, pending: 150)
            )
            try await sail(2, store, hand)
            #expect(try await Aboard.check(store) == 160)
        }
    }

    /// Takes back what the second step made, and those that build on it.
    private func makeFormer(_ path: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { db in
            try db.execute(
                sql: """
                    DROP INDEX segments_keys;
                    DROP INDEX kept_keys;
                    DROP TABLE wants;
                    ALTER TABLE lanes DROP COLUMN offered;
                    ALTER TABLE lanes DROP COLUMN degraded;
                    ALTER TABLE segments DROP COLUMN sealed_at;
                    ALTER TABLE segments DROP COLUMN stands_alone;
                    DROP TABLE pool;
                    DROP TABLE archive;
                    DROP TABLE declarations;
                    DROP TABLE days;
                    DROP TABLE spending;
                    DROP TABLE sealing;
                    DROP TABLE link_use;
                    DELETE FROM lanes WHERE lane IN (3, 5, 6);
                    DELETE FROM grdb_migrations
                    WHERE identifier LIKE '2 %' OR identifier LIKE 'wants:%'
                        OR identifier LIKE 'recalls:%' OR identifier LIKE 'keys:%';
                    """
            )
        }
    }

    @Test func `any history keeps every sample once, also cut off at any point`() async throws {
        let seed = SeededGenerator.seed(name: "backlog histories")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3 {
            try await withTemporaryDirectory { folder in
                let hand = Hand(at: Aboard.now)
                var store = try ShipStore(directory: folder, create: true, clock: hand.clock)
                var voyage = Voyage()
                for step in 0..<60 {
                    try await voyage.step(step, store, hand, using: &generator)
                    if generator.chance(0.05) {
                        store = try ShipStore(directory: folder, create: false, clock: hand.clock)
                    }
                    try await Aboard.check(store)
                    let totals = try await Aboard.ledger(store, .metrics)
                    #expect(totals.produced == UInt64(voyage.accepted.count))
                    if generator.chance(0.1) {
                        try await withTemporaryDirectory { image in
                            try Aboard.copy(folder, to: image)
                            let survivor = try ShipStore(
                                directory: image,
                                create: false,
                                clock: hand.clock
                            )
                            try await Aboard.check(survivor)
                            #expect(try await Aboard.ledger(survivor, .metrics) == totals)
                        }
                    }
                }
                #expect(try await voyage.isWhole(store))
            }
        }
    }
}

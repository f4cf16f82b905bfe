import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ShipStoreTests {
    @Test func `a store that was never made is not made by looking`() throws {
        try withTemporaryDirectory { folder in
            #expect { try ShipStore(directory: folder, create: false) } throws: {
                ($0 as? StoreError)?.code == .missing
            }
            #expect(TemporaryDirectory.names(in: folder).isEmpty)
        }
    }

    @Test func `the epoch is drawn once`() throws {
        try withTemporaryDirectory { folder in
            let first = try ShipStore(directory: folder, create: true).epoch
            #expect(try ShipStore(directory: folder, create: false).epoch == first)
            try withTemporaryDirectory { other in
                let second = try ShipStore(directory: other, create: true).epoch
                #expect(second != first)
            }
        }
    }

    @Test func `the ledger balances after any operations`() async throws {
        let seed = SeededGenerator.seed(name: "ledger")
        var generator = SeededGenerator(seed: seed)
        try await withTemporaryDirectory { folder in
            var store = try ShipStore(directory: folder, create: true)
            var accepted: UInt64 = 0
            for step in 0..<300 {
                let moment = Aboard.now + .seconds(Int64(step))
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<4:
                    let series = Int.random(in: 1...40, using: &generator)
                    try await Aboard.accept(store, at: moment, series: series, seed: UInt64(step))
                    accepted += UInt64(series)
                case 4, 5: try await Aboard.seal(store)
                case 6:
                    try await store.write { writer in
                        try writer.record(
                            FleetEvent(
                                at: moment,
                                severity: .info,
                                kind: "step",
                                message: "\(step)"
                            )
                        )
                    }
                case 7, 8:
                    let lane = Lane.allCases.randomElement(using: &generator) ?? .metrics
                    guard
                        let report = try await store.laneReports().first(where: {
                            $0.position.lane == lane
                        })
                    else { continue }
                    let sequence = UInt64.random(
                        in: report.firstHeld...report.end,
                        using: &generator
                    )
                    let release = UploadSession.Release(
                        lane: lane,
                        sequence: sequence,
                        durableOffset: 0
                    )
                    try await store.release([release])
                default: store = try ShipStore(directory: folder, create: false)
                }
                try await Aboard.check(store)
                #expect(try await Aboard.ledger(store, .metrics).produced == accepted)
            }
        }
    }

    @Test func `a release that is repeated or late changes nothing`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            for index in 0..<4 {
                try await Aboard.accept(store, series: 3, seed: UInt64(index))
                try await Aboard.seal(store)
            }
            let release = UploadSession.Release(lane: .metrics, sequence: 3, durableOffset: 9)
            try await store.release([release])
            let after = try await Aboard.ledger(store, .metrics)
            #expect(after == LedgerTotals(produced: 12, stored: 9, pending: 3))
            try await store.release([release])
            try await store.release([
                UploadSession.Release(lane: .metrics, sequence: 1, durableOffset: 50)
            ])
            #expect(try await Aboard.ledger(store, .metrics) == after)
            let report = try await store.laneReports().first { $0.position.lane == .metrics }
            #expect(report?.position.sequence == 3)
            #expect(report?.position.offset == 9)
        }
    }

    @Test func `a release beyond what was made is refused and keeps everything`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            try await Aboard.accept(store, series: 3)
            try await Aboard.seal(store)
            await #expect(throws: StoreError.self) {
                try await store.release([
                    UploadSession.Release(lane: .metrics, sequence: 2, durableOffset: 0)
                ])
            }
            #expect(try await Aboard.ledger(store, .metrics).pending == 3)
        }
    }

    @Test func `the chain is the digest over the segments`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            var chain = ChainDigest.start
            for index in 0..<5 {
                try await Aboard.accept(store, series: 3, seed: UInt64(index))
                try await Aboard.seal(store)
            }
            for segment in try await Aboard.segments(store, .metrics) {
                chain = chain.advanced(by: segment.bytes)
                try await store.release([
                    UploadSession.Release(
                        lane: .metrics,
                        sequence: segment.sequence + 1,
                        durableOffset: 0
                    )
                ])
                let report = try await store.laneReports().first { $0.position.lane == .metrics }
                #expect(report?.position.chain == chain)
            }
        }
    }

    @Test func `two handles on one store keep it consistent`() async throws {
        try await withTemporaryDirectory { folder in
            let stores = [
                try ShipStore(directory: folder, create: true),
                try ShipStore(directory: folder, create: true),
            ]
            #expect(stores[0].epoch == stores[1].epoch)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (ordinal, store) in stores.enumerated() {
                    group.addTask {
                        for step in 0..<60 {
                            try await Aboard.accept(
                                store,
                                series: 1 + step % 7 * (ordinal + 1),
                                seed: UInt64(step)
                            )
                            if step % 5 == ordinal { try await Aboard.seal(store) }
                            if step % 20 == 19 {
                                let end = try await store.ends()[.metrics] ?? 0
                                try await store.release([
                                    UploadSession.Release(
                                        lane: .metrics,
                                        sequence: end,
                                        durableOffset: 0
                                    )
                                ])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await Aboard.check(stores[0])
            let expected = (0..<60).reduce(0) { $0 + 2 + $1 % 7 * 3 }
            #expect(try await Aboard.ledger(stores[1], .metrics).produced == UInt64(expected))
        }
    }

    @Test func `facts are kept`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            #expect(try await store.fact("link") == nil)
            try await store.setFact("link", "up")
            try await store.setFact("link", "down")
            #expect(try await ShipStore(directory: folder, create: false).fact("link") == "down")
        }
    }
}

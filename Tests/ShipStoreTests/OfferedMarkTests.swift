import FleetModel
import FleetRuntime
import FleetTestSupport
import Glibc
import ShipStore
import ShipTestSupport
import Testing

/// That a segment was offered, written down where the database has no room for it.
@Suite(.timeLimit(.minutes(10)))
struct OfferedMarkTests {
    private let epoch = LaneEpoch(0x0123_4567_89AB_CDEF)

    private func withMark(
        _ body: (OfferedMark, _ file: String) throws -> Void
    ) throws {
        try withTemporaryDirectory { folder in
            let mark = OfferedMark(directory: folder)
            try mark.prepare()
            try body(mark, "\(folder)/offered")
        }
    }

    @Test func `a mark only ever grows, and is read by whoever opens the store next`() throws {
        try withTemporaryDirectory { folder in
            let mark = OfferedMark(directory: folder)
            #expect(mark.read(of: epoch) == 0)
            try mark.prepare()
            #expect(mark.isReady)
            #expect(mark.read(of: epoch) == 0)
            for (told, known) in [(3, 3), (9, 9), (4, 9), (10, 10)] as [(UInt64, UInt64)] {
                #expect(mark.write(before: told, of: epoch))
                #expect(OfferedMark(directory: folder).read(of: epoch) == known)
            }
            try mark.prepare()
            #expect(mark.read(of: epoch) == 10, "what is there is not made anew")
        }
    }

    @Test func `a mark of another epoch says nothing`() throws {
        try withMark { mark, _ in
            #expect(mark.write(before: 70, of: epoch))
            #expect(mark.write(before: 80, of: epoch))
            let next = LaneEpoch(epoch.rawValue + 1)
            #expect(mark.read(of: next) == 0)
            for sequence in 1...5 as ClosedRange<UInt64> {
                #expect(mark.write(before: sequence, of: next))
                #expect(mark.read(of: next) == sequence)
            }
            #expect(mark.read(of: epoch) == 0)
        }
    }

    @Test func `a write that was cut off anywhere leaves the mark before it`() throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "torn marks"))
        try withMark { mark, file in
            var sequence: UInt64 = 0
            for _ in 0..<40 {
                let before = try AtomicFile.read(file, limit: 1 << 16)
                let known = sequence
                sequence += UInt64.random(in: 1...1000, using: &generator)
                #expect(mark.write(before: sequence, of: epoch))
                let after = try AtomicFile.read(file, limit: 1 << 16)
                #expect(after.count == before.count, "it is written in place")
                let changed = before.indices.filter { before[$0] != after[$0] }
                for cut in changed {
                    let torn = Array(after[..<cut] + before[cut...])
                    try AtomicFile.write(torn, to: file)
                    #expect(mark.read(of: epoch) == known, "cut at \(cut)")
                }
                // Nor is a torn one the end of it.
                try AtomicFile.write(
                    Array(
                        after[..<changed[changed.count / 2]] + before[changed[changed.count / 2]...]
                    ),
                    to: file
                )
                #expect(mark.write(before: sequence, of: epoch))
                #expect(mark.read(of: epoch) == sequence)
            }
        }
    }

    @Test func `rubbish is no mark, and a file of another size is made anew`() throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "rubbish"))
        try withMark { mark, file in
            let size = try AtomicFile.read(file, limit: 1 << 16).count
            let rubbish = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            try AtomicFile.write(rubbish, to: file)
            #expect(mark.read(of: epoch) == 0)
            #expect(mark.write(before: 5, of: epoch))
            #expect(mark.read(of: epoch) == 5)
            truncate(file, 3)
            #expect(!mark.isReady)
            #expect(mark.read(of: epoch) == 0)
            #expect(mark.write(before: 6, of: epoch))
            #expect(mark.read(of: epoch) == 6)
        }
    }

    @Test func `what the file says was offered stays in its lane`() async throws {
        try await withTemporaryDirectory { folder in
            let hand = Hand(at: Aboard.now)
            let store = try ShipStore(directory: folder, create: true, clock: hand.clock)
            let mark = OfferedMark(directory: folder)
            #expect(mark.isReady, "made with the store, while there is room")
            try await sail(3, store, hand)
            let before = try await Aboard.segments(store, .metrics)
            // The agent dies before it could write it into the database.
            let other = LaneEpoch(store.epoch.rawValue &+ 1)
            #expect(mark.write(before: 25, of: other))
            #expect(mark.write(before: 2, of: store.epoch))
            let next = try ShipStore(directory: folder, create: false, clock: hand.clock)
            #expect(try await next.offer(.metrics, 1)?.bytes == before[1].bytes)
            for _ in 0..<20 {
                try await sail(1, next, hand)
                while try await next.tidy({ try $0.withdraw() }).segments > 0 {}
            }
            let after = try await Aboard.segments(next, .metrics)
            #expect(after.count >= 2)
            #expect(after.count < 23, "what was not offered leaves")
            #expect(after[..<2].map(\.bytes) == before[..<2].map(\.bytes))
            try await Aboard.check(next)
        }
    }

    private func sail(_ minutes: UInt64, _ store: ShipStore, _ hand: Hand) async throws {
        for minute in 0..<minutes {
            try await Aboard.accept(store, at: hand.now, series: 5, seed: minute)
            try await Aboard.seal(store)
            hand.move(.seconds(60))
        }
    }

    @Test func `in lanes that nothing leaves again, an offer writes nothing`() async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let event = FleetEvent(at: Aboard.now, severity: .warning, kind: "test", message: "?")
            try await store.write { try $0.record(event) }
            try await Aboard.accept(store, series: 5)
            try await Aboard.seal(store)
            let other = try ShipStore(directory: folder, create: false)
            let version = try await other.foreignVersion()
            #expect(try await store.offer(.events, 0) != nil)
            #expect(try await store.offer(.catalogue, 0) != nil)
            #expect(try await store.offer(.events, 1) == nil)
            #expect(try await other.foreignVersion() == version)
            #expect(try await store.offer(.metrics, 0) != nil)
            #expect(try await other.foreignVersion() != version)
        }
    }
}

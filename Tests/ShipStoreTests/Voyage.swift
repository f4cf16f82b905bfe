import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import ShipStore
import ShipTestSupport

/// A store's history with a shore that takes what it is given: every sample is written down, so that
/// it can be told at any moment whether all of them are somewhere, once and unchanged.
struct Voyage {
    struct Cell: Hashable, Comparable {
        let series: UInt32
        let at: Int64
        let bits: UInt64

        static func of(_ batches: [SampleBatch]) -> [Cell] {
            batches.flatMap { batch in
                zip(batch.numbers, batch.values).map {
                    Cell(series: $0.rawValue, at: batch.at.milliseconds, bits: $1.bitPattern)
                }
            }
        }

        static func < (left: Cell, right: Cell) -> Bool {
            (left.at, left.series, left.bits) < (right.at, right.series, right.bits)
        }
    }

    private(set) var accepted: [Cell] = []
    private(set) var ashore: [Cell] = []
    /// What a session was given: it must be the same whenever it is asked for again.
    private var given: [Lane: [[UInt8]]] = [:]
    private var context: SegmentContext?
    private var released: [Lane: Int] = [:]

    mutating func accept(
        _ store: ShipStore,
        at: Timestamp,
        series: Int,
        seed: UInt64
    ) async throws {
        accepted += try await store.write { writer in
            var generator = SeededGenerator(seed: seed)
            let batch = try Aboard.batch(at: at, series: series, in: writer, using: &generator)
            try writer.accept([batch], at: at)
            return Cell.of([batch])
        }
    }

    mutating func step(
        _ step: Int,
        _ store: ShipStore,
        _ hand: Hand,
        using generator: inout SeededGenerator
    ) async throws {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<3:
            let series = Int.random(in: 1...40, using: &generator)
            try await accept(store, at: hand.now, series: series, seed: UInt64(step))
        case 3, 4: try await Aboard.seal(store)
        case 5, 6: hand.move(.seconds(Int64.random(in: 1...900, using: &generator)))
        case 7: try await give(.metrics, store)
        case 8: _ = try await store.tidy { try $0.withdraw() }
        case 9: _ = try await store.tidy { try $0.compactPool() }
        case 10:
            if try await store.sequenceNext(.backlog) != nil { try await give(.backlog, store) }
        default:
            let lane: Lane = generator.chance(0.5) ? .metrics : .backlog
            let known = given[lane, default: []].count
            let from = released[lane, default: 0]
            try await release(lane, Int.random(in: from...known, using: &generator), store)
        }
    }

    /// Hands the lane's next segment to a session.
    private mutating func give(_ lane: Lane, _ store: ShipStore) async throws {
        let sequence = given[lane, default: []].count
        if sequence > released[lane, default: 0] {
            let again = try await store.offer(lane, UInt64(sequence - 1))
            guard again?.bytes == given[lane]?[sequence - 1] else {
                throw StoreError(.damaged, "segment \(sequence - 1) of \(lane) has changed")
            }
        }
        guard let segment = try await store.offer(lane, UInt64(sequence)) else { return }
        given[lane, default: []].append(segment.bytes)
    }

    private mutating func release(_ lane: Lane, _ end: Int, _ store: ShipStore) async throws {
        for bytes in given[lane, default: []][released[lane, default: 0]..<end] {
            let before = lane == .metrics ? context : nil
            let opened = try MetricsSegmentDecoder.decode(bytes[...], context: before)
            if lane == .metrics { context = opened.context }
            ashore += Cell.of(opened.segment.batches())
        }
        released[lane] = end
        try await store.release([
            UploadSession.Release(lane: lane, sequence: UInt64(end), durableOffset: 0)
        ])
    }

    /// Whether every sample is ashore or aboard, once and bit by bit. Ends the history: what waits
    /// in the window is sealed for it.
    func isWhole(_ store: ShipStore) async throws -> Bool {
        while try await Aboard.seal(store) > 0 {}
        var cells = ashore
        var context = context
        for segment in try await Aboard.segments(store, .metrics) {
            let opened = try MetricsSegmentDecoder.decode(segment.bytes[...], context: context)
            context = opened.context
            cells += Cell.of(opened.segment.batches())
        }
        for segment in try await Aboard.segments(store, .backlog) {
            cells += Cell.of(try MetricsSegmentDecoder.decode(segment.bytes[...]).batches())
        }
        for item in try await store.pool() {
            guard let body = try await store.pooled(item.id) else { return false }
            cells += Cell.of(try MetricsSegmentDecoder.decode(body[...]).batches())
        }
        return cells.sorted() == accepted.sorted()
    }
}

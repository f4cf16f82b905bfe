import FleetModel
import FleetSeries

/// Rollups of a few series over a period, as one row of `rollup_chunks`.
///
/// Columns, each for all series in the order of their ids and each series' intervals in theirs: the
/// series and which intervals they have, counts, `lastAt`, flags as in `RollupBlock`, then the last
/// value and those of sum, minimum and maximum that it does not tell (`ValueRun`). Sketches are apart.
struct RollupChunk: Sendable, Equatable {
    /// By the series' id, then by the interval's start in milliseconds since 1970.
    var series: [Int32: [Int64: SeriesRollup]] = [:]

    /// Series in one chunk. Fewer make a question about one series cheaper, more make chunks smaller.
    static let seriesPerChunk: Int32 = 32

    struct Encoded: Sendable {
        let body: [UInt8]
        let sketches: [UInt8]?
    }

    mutating func merge(_ rollup: SeriesRollup, id: Int32, at start: Int64) {
        if series[id, default: [:]][start]?.merge(rollup) == nil { series[id]?[start] = rollup }
    }

    private static let version: UInt8 = 1

    /// - Parameter period: the first moment that an interval may begin at.
    func encoded(_ resolution: RollupResolution, period: Timestamp) throws -> Encoded {
        let ordered = series.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
            (id: $0.key, cells: $0.value.sorted { $0.key < $1.key })
        }
        var writer = ByteWriter()
        writer.writeByte(Self.version)
        writer.writeVarint(ordered.count)
        let length = resolution.length.milliseconds
        var previous: Int32 = 0
        var intervals: [Int64] = []
        for (id, cells) in ordered {
            writer.writeSignedVarint(Int64(id) - Int64(previous))
            previous = id
            let found = cells.map { ($0.key - period.milliseconds) / length }
            writer.writeVarint(found == intervals ? 0 : found.count)
            if found != intervals {
                var next: Int64 = 0
                for interval in found {
                    writer.writeVarint(UInt64(interval - next))
                    next = interval + 1
                }
            }
            intervals = found
        }
        for (_, cells) in ordered {
            var last: Int64 = 0
            for (_, rollup) in cells {
                writer.writeSignedVarint(rollup.count &- last)
                last = rollup.count
            }
        }
        for (_, cells) in ordered {
            var last: Int64 = 0
            for (start, rollup) in cells {
                writer.writeSignedVarint((rollup.lastAt &- start) &- last)
                last = rollup.lastAt &- start
            }
        }
        let keepsSketches = resolution.keepsSketches
        for (_, cells) in ordered {
            for (_, rollup) in cells { writer.writeByte(rollup.flags(keepsSketches)) }
        }
        for (_, cells) in ordered { ValueRun.write(cells.map(\.value.last), to: &writer) }
        for (flag, value) in Self.derived {
            for (_, cells) in ordered {
                ValueRun.write(
                    cells.lazy.map(\.value).filter { $0.flags(false) & flag == 0 }
                        .map { $0[keyPath: value] },
                    to: &writer
                )
            }
        }
        return Encoded(
            body: try Zstd.compress(writer.bytes, level: Self.level),
            sketches: keepsSketches ? try Self.sketches(ordered.map(\.cells)) : nil
        )
    }

    private static let level: Int32 = 9

    private static func sketches(
        _ series: [[(key: Int64, value: SeriesRollup)]]
    ) throws -> [UInt8]? {
        let sketched = series.flatMap { $0.compactMap { $0.value.sketched } }
        guard !sketched.isEmpty else { return nil }
        var writer = ByteWriter()
        RollupBlock.writeSketches(sketched, to: &writer)
        return try Zstd.compress(writer.bytes, level: level)
    }

    /// What may follow from the last value, with the flag that says it does.
    private static var derived: [(UInt8, WritableKeyPath<SeriesRollup, Double>)] {
        [
            (RollupBlock.minIsLast, \.min), (RollupBlock.maxIsLast, \.max),
            (RollupBlock.sumIsLastTimesCount, \.sum),
        ]
    }

    /// - Parameters:
    ///   - sketches: `nil` where they were not asked for, or there are none.
    ///   - wanted: the series to keep, or all.
    init(
        decoding bytes: [UInt8],
        sketches: [UInt8]?,
        _ resolution: RollupResolution,
        period: Timestamp,
        only wanted: Set<Int32>? = nil
    ) throws {
        var reader = ByteReader(try Zstd.decompress(bytes[...], limit: Self.decodedLimit))
        guard try reader.readByte() == Self.version else {
            throw DomainError(.invalid, "a rollup chunk has a version that is not known")
        }
        let shape = try Self.shape(&reader)
        let length = resolution.length.milliseconds
        var cells: [SeriesRollup] = []
        var counts: [Int64] = []
        for (_, intervals) in shape {
            var last: Int64 = 0
            for _ in intervals {
                last &+= try reader.readSignedVarint()
                counts.append(last)
            }
        }
        for (_, intervals) in shape {
            var last: Int64 = 0
            for interval in intervals {
                last &+= try reader.readSignedVarint()
                cells.append(
                    SeriesRollup(
                        count: counts[cells.count],
                        sum: 0,
                        min: 0,
                        max: 0,
                        last: 0,
                        lastAt: period.milliseconds &+ interval &* length &+ last
                    )
                )
            }
        }
        let flags = Array(try reader.readBytes(cells.count))
        var place = 0
        for (_, intervals) in shape {
            for value in try ValueRun.read(intervals.count, &reader) {
                cells[place].last = value
                cells[place].isCounter = flags[place] & RollupBlock.counterFlag != 0
                place += 1
            }
        }
        for (flag, path) in Self.derived {
            place = 0
            for (_, intervals) in shape {
                let end = place + intervals.count
                let missing = flags[place..<end].count { $0 & flag == 0 }
                var values = try ValueRun.read(missing, &reader).makeIterator()
                for index in place..<end {
                    let cell = cells[index]
                    cells[index][keyPath: path] =
                        if flags[index] & flag == 0 {
                            values.next() ?? .nan
                        } else if flag == RollupBlock.sumIsLastTimesCount {
                            cell.last * Double(cell.count)
                        } else {
                            cell.last
                        }
                }
                place = end
            }
        }
        try reader.finish()
        if let sketches { try Self.readSketches(sketches, flags, into: &cells) }
        place = 0
        for (id, intervals) in shape {
            let own = cells[place..<place + intervals.count]
            place += intervals.count
            if let wanted, !wanted.contains(id) { continue }
            var found: [Int64: SeriesRollup] = Dictionary(minimumCapacity: own.count)
            for (interval, cell) in zip(intervals, own) {
                found[period.milliseconds &+ interval &* length] = cell
            }
            series[id] = found
        }
    }

    init() {}

    /// Cells of a chunk: 288 intervals of 32 series, and room.
    private static let cellLimit = 100_000
    private static let decodedLimit = 64 * 1024 * 1024

    private static func shape(
        _ reader: inout ByteReader
    ) throws -> [(id: Int32, intervals: [Int64])] {
        var shape: [(id: Int32, intervals: [Int64])] = []
        var id: Int64 = 0
        var cells = 0
        for _ in 0..<(try reader.readCount(limit: reader.remaining)) {
            id &+= try reader.readSignedVarint()
            let count = try reader.readCount(limit: reader.remaining)
            var intervals = shape.last?.intervals ?? []
            if count > 0 {
                intervals = []
                var next: Int64 = 0
                for _ in 0..<count {
                    let interval = next &+ Int64(truncatingIfNeeded: try reader.readVarint())
                    intervals.append(interval)
                    next = interval &+ 1
                }
            }
            cells += intervals.count
            guard cells <= cellLimit else {
                throw DomainError(.invalid, "a rollup chunk has more than \(cellLimit) rollups")
            }
            shape.append((Int32(truncatingIfNeeded: id), intervals))
        }
        return shape
    }

    private static func readSketches(
        _ bytes: [UInt8],
        _ flags: [UInt8],
        into cells: inout [SeriesRollup]
    ) throws {
        var reader = ByteReader(try Zstd.decompress(bytes[...], limit: decodedLimit))
        let places = flags.indices.filter { flags[$0] & RollupBlock.sketchFlag != 0 }
        let sketches = try RollupBlock.readSketches(
            minima: places.map { cells[$0].min },
            isWanted: { _ in true },
            &reader
        )
        for (place, sketch) in zip(places, sketches) { cells[place].sketch = sketch }
        try reader.finish()
    }
}

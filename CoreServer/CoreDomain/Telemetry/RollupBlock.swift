import FleetModel
import FleetSeries

/// All series' rollups of one ship and interval, as one compressed row.
///
/// Columns, each for all series in the order of their ids: id (difference to the one before), count,
/// `lastAt` (difference to the interval's start), a flag byte that says which of sum, minimum and
/// maximum follow from the last value, then the values that do not, each column's bytes by plane.
/// Version 2 adds to the flags whether it is a counter and whether a sketch follows, and the
/// sketches at the end; blocks of version 1 are read as before.
package struct RollupBlock: Sendable, Equatable {
    package var series: [Int32: SeriesRollup]

    package init(series: [Int32: SeriesRollup] = [:]) {
        self.series = series
    }

    package var sampleCount: Int64 { series.values.reduce(0) { $0 + $1.count } }

    package mutating func merge(_ other: Self) {
        for (id, rollup) in other.series where series[id]?.merge(rollup) == nil {
            series[id] = rollup
        }
    }

    private static let version: UInt8 = 2
    private static let versionWithoutSketches: UInt8 = 1
    static let minIsLast: UInt8 = 1
    static let maxIsLast: UInt8 = 2
    static let sumIsLastTimesCount: UInt8 = 4
    static let counterFlag: UInt8 = 8
    static let sketchFlag: UInt8 = 16

    /// - Parameters:
    ///   - start: the interval's first moment.
    ///   - keepsSketches: see `RollupResolution.keepsSketches`.
    package func encoded(start: Timestamp, keepsSketches: Bool = true) throws -> [UInt8] {
        let ordered = series.sorted { $0.key < $1.key }
        var head = ByteWriter(reserving: ordered.count * 8)
        head.writeByte(Self.version)
        head.writeVarint(ordered.count)
        var previous: Int32 = 0
        for (id, _) in ordered {
            head.writeSignedVarint(Int64(id) - Int64(previous))
            previous = id
        }
        for (_, rollup) in ordered { head.writeVarint(UInt64(rollup.count)) }
        for (_, rollup) in ordered {
            head.writeSignedVarint(rollup.lastAt &- start.milliseconds)
        }
        var values: [[UInt64]] = [[], [], [], []]
        for (_, rollup) in ordered {
            let last = rollup.last.bitPattern
            let flags = rollup.flags(keepsSketches)
            head.writeByte(flags)
            values[0].append(last)
            if flags & Self.minIsLast == 0 { values[1].append(rollup.min.bitPattern) }
            if flags & Self.maxIsLast == 0 { values[2].append(rollup.max.bitPattern) }
            if flags & Self.sumIsLastTimesCount == 0 { values[3].append(rollup.sum.bitPattern) }
        }
        for column in values {
            for plane in 0..<UInt64(8) {
                for bits in column {
                    head.writeByte(UInt8(truncatingIfNeeded: bits >> (8 * plane)))
                }
            }
        }
        if keepsSketches {
            Self.writeSketches(ordered.compactMap { $0.value.sketched }, to: &head)
        }
        return try Zstd.compress(head.bytes, level: 3)
    }

    /// - Parameters:
    ///   - wanted: the series to keep, or all: nothing is made of the others.
    ///   - withSketches: without, they are not even looked at, which is most of the work.
    package init(
        decoding bytes: [UInt8],
        start: Timestamp,
        only wanted: Set<Int32>? = nil,
        withSketches: Bool = true
    ) throws {
        let body = try Zstd.decompress(bytes[...], limit: Self.decodedLimit)
        var reader = ByteReader(body)
        let version = try reader.readByte()
        guard version == Self.version || version == Self.versionWithoutSketches else {
            throw DomainError(.invalid, "a rollup block has a version that is not known")
        }
        let count = try reader.readCount(limit: reader.remaining)
        var ids: [Int32] = []
        var previous: Int64 = 0
        for _ in 0..<count {
            previous &+= try reader.readSignedVarint()
            ids.append(Int32(truncatingIfNeeded: previous))
        }
        var counts: [Int64] = []
        for _ in 0..<count { counts.append(Int64(truncatingIfNeeded: try reader.readVarint())) }
        var times: [Int64] = []
        for _ in 0..<count { times.append(start.milliseconds &+ (try reader.readSignedVarint())) }
        let flags = Array(try reader.readBytes(count))
        let lasts = try Self.planes(count, &reader)
        let minima = try Self.planes(flags.count { $0 & Self.minIsLast == 0 }, &reader)
        let maxima = try Self.planes(flags.count { $0 & Self.maxIsLast == 0 }, &reader)
        let sums = try Self.planes(flags.count { $0 & Self.sumIsLastTimesCount == 0 }, &reader)
        var (minimum, maximum, sum) = (
            minima.makeIterator(), maxima.makeIterator(), sums.makeIterator()
        )
        var series: [Int32: SeriesRollup] = Dictionary(minimumCapacity: wanted?.count ?? count)
        var sketched: [(id: Int32?, min: Double)] = []
        for index in 0..<count {
            let last = lasts[index]
            let flag = flags[index]
            var rollup = SeriesRollup(
                count: counts[index],
                sum: flag & Self.sumIsLastTimesCount == 0
                    ? sum.next() ?? .nan : last * Double(counts[index]),
                min: flag & Self.minIsLast == 0 ? minimum.next() ?? .nan : last,
                max: flag & Self.maxIsLast == 0 ? maximum.next() ?? .nan : last,
                last: last,
                lastAt: times[index]
            )
            let isWanted = wanted?.contains(ids[index]) ?? true
            if version == Self.version {
                rollup.isCounter = flag & Self.counterFlag != 0
                if flag & Self.sketchFlag != 0 {
                    sketched.append((isWanted ? ids[index] : nil, rollup.min))
                }
            }
            if isWanted { series[ids[index]] = rollup }
        }
        guard withSketches else {
            self.init(series: series)
            return
        }
        let sketches = try Self.readSketches(
            minima: sketched.map(\.min),
            isWanted: { sketched[$0].id != nil },
            &reader
        )
        for (row, sketch) in zip(sketched, sketches) {
            if let id = row.id { series[id]?.sketch = sketch }
        }
        try reader.finish()
        self.init(series: series)
    }

    /// A million series at 60 bytes: what `Limits.seriesPerShip` can come to.
    private static let decodedLimit = 64 * 1024 * 1024

    private static func planes(_ count: Int, _ reader: inout ByteReader) throws -> [Double] {
        let bytes = Array(try reader.readBytes(count * 8))
        return (0..<count).map { index in
            var bits: UInt64 = 0
            for plane in 0..<8 { bits |= UInt64(bytes[plane * count + index]) << UInt64(8 * plane) }
            return Double(bitPattern: bits)
        }
    }
}

extension SeriesRollup {
    /// Which values the decoder can work out from `last`, bit for bit, and what else there is.
    func flags(_ keepsSketches: Bool) -> UInt8 {
        var flags: UInt8 = 0
        if min.bitPattern == last.bitPattern { flags |= RollupBlock.minIsLast }
        if max.bitPattern == last.bitPattern { flags |= RollupBlock.maxIsLast }
        if (last * Double(count)).bitPattern == sum.bitPattern {
            flags |= RollupBlock.sumIsLastTimesCount
        }
        if isCounter { flags |= RollupBlock.counterFlag }
        if keepsSketches, sketched != nil { flags |= RollupBlock.sketchFlag }
        return flags
    }
}

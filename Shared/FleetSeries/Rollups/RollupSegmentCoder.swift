import FleetModel

/// Walks the rows of one rollup segment, in either direction.
struct RollupSegmentCoder<Direction: BitCoder>: ~Copyable {
    private typealias Coder = RollupCoder<Direction>

    private var coder: RollupCoder<Direction>
    private let header: RollupSegmentHeader
    private let length: Int64
    private var previous: UInt32?

    init(direction: Direction, header: RollupSegmentHeader) {
        coder = RollupCoder(direction: direction, intervals: header.intervalCount)
        self.header = header
        length = header.rung.interval?.milliseconds ?? 1
    }

    consuming func finish() -> Direction { coder.model.direction }

    private func start(of interval: Int) -> Int64 {
        (header.firstInterval &+ Int64(interval)) &* length
    }

    /// Codes where the next series is; returns its number.
    private mutating func codeNumber(_ number: UInt32) -> UInt64 {
        let next = previous.map { UInt64($0) + 1 } ?? 0
        let coded = next &+ coder.codeSeriesStep(UInt64(number) &- next)
        previous = UInt32(truncatingIfNeeded: coded)
        return coded
    }

    private mutating func codeRow(
        _ row: RollupRow?,
        interval: Int,
        memory: inout RollupCoder<Direction>.Memory
    ) throws(SegmentError) -> RollupRow.Content {
        let start = start(of: interval)
        let values: RollupValues? =
            if case .values(let values) = row?.content { values } else { nil }
        var shape = Coder.Shape(count: row?.count ?? 0, lastAt: 0)
        if let values {
            shape.lastAt = UInt64(bitPattern: values.lastAt &- start)
            guard values.lastAt >= start, shape.lastAt < UInt64(length) else {
                throw SegmentError(.invalidInput, "a last value outside of its interval")
            }
        }
        shape = try coder.codeShape(shape, interval: interval, memory: &memory)
        guard shape.count > 0, shape.lastAt < UInt64(length) else {
            throw SegmentError(.malformed, "a row without values, or of another interval")
        }
        guard header.rung != .counts else { return .count(shape.count) }
        let wanted = values.map { Self.form(of: $0, memory: memory) } ?? .odd
        let form = coder.codeForm(wanted, interval: interval, memory: &memory)
        let coded = try coder.codeValues(
            values,
            form: form,
            shape: shape,
            lastAt: start &+ Int64(shape.lastAt),
            memory: &memory
        )
        coder.endRow(coded.last.bitPattern, memory: &memory)
        return .values(coded)
    }

    private static func form(
        of values: RollupValues,
        memory: RollupCoder<Direction>.Memory
    ) -> RollupCoder<Direction>.Form {
        guard isPlain(values) else { return .odd }
        guard values.isConstant else { return .plain }
        return values.last.bitPattern == memory.lastBits ? .unchanged : .constant
    }

    /// Whether numbers on a scale, and what follows from them, say all there is.
    private static func isPlain(_ values: RollupValues) -> Bool {
        for value in [values.last, values.min, values.max, values.counter?.first ?? 0] {
            let bits = value.bitPattern
            if NumberScale.isException(bits) { return false }
        }
        if let implied = values.impliedSum, implied.bitPattern != values.sum.bitPattern {
            return false
        }
        if values.isConstant { return true }
        if let counter = values.counter {
            return counter.carried.bitPattern == 0
                && counter.first.bitPattern == values.min.bitPattern
                && values.last.bitPattern == values.max.bitPattern
        }
        return values.count > 2
            || (values.min + values.max).bitPattern == values.sum.bitPattern
    }
}

extension RollupSegmentCoder where Direction == RangeEncoder {
    /// One series' rows, in the order of time.
    mutating func encode(_ rows: ArraySlice<RollupRow>) throws(SegmentError) {
        guard let first = rows.first else { return }
        _ = codeNumber(first.series.rawValue)
        var presence = [Bool](repeating: false, count: header.intervalCount)
        var places: [Int] = []
        for row in rows {
            let place = Int((row.start.milliseconds &- start(of: 0)) / length)
            presence[place] = true
            places.append(place)
        }
        _ = coder.codePresence(presence)
        guard header.rung != .counts else {
            var memory = coder.beginSeries(isCounter: false)
            for (row, place) in zip(rows, places) {
                _ = try codeRow(row, interval: place, memory: &memory)
            }
            return
        }
        var numbers: [UInt64] = []
        var isCounter = false
        for row in rows {
            guard case .values(let values) = row.content else {
                throw SegmentError(.invalidInput, "a row without values")
            }
            isCounter = values.counter != nil
            guard values.isConstant || values.counter != nil || values.sketch != nil else {
                throw SegmentError(.invalidInput, "a gauge without its distribution")
            }
            guard Self.isPlain(values) else { continue }
            numbers.append(values.last.bitPattern)
            if !values.isConstant {
                numbers += [values.min.bitPattern, values.max.bitPattern]
            }
        }
        var memory = coder.beginSeries(isCounter: isCounter)
        memory.scale = numbers.withUnsafeBufferPointer { NumberScale.find(for: $0[...]) }
        for (row, place) in zip(rows, places) {
            guard case .values(let values) = row.content, (values.counter != nil) == isCounter
            else { throw SegmentError(.invalidInput, "a series that is a counter now and then") }
            _ = try codeRow(row, interval: place, memory: &memory)
        }
    }
}

extension RollupSegmentCoder where Direction == RangeDecoder {
    mutating func decode() throws(SegmentError) -> [RollupRow] {
        var rows: [RollupRow] = []
        for _ in 0..<header.seriesCount {
            let number = codeNumber(0)
            guard number < UInt64(header.watermark) else {
                throw SegmentError(.malformed, "a series above the watermark")
            }
            let series = SeriesNumber(UInt32(number))
            let presence = coder.codePresence([])
            var memory = coder.beginSeries(isCounter: false)
            for (interval, isPresent) in presence.enumerated() where isPresent {
                guard rows.count < header.rowCount, !coder.model.direction.isExhausted else {
                    throw SegmentError(.malformed, "more rows than the header says")
                }
                let content = try codeRow(nil, interval: interval, memory: &memory)
                rows.append(
                    RollupRow(
                        series: series,
                        start: Timestamp(milliseconds: start(of: interval)),
                        content: content
                    )
                )
            }
        }
        guard rows.count == header.rowCount, coder.model.direction.isAtEnd,
            previous == header.watermark - 1
        else {
            throw SegmentError(.malformed, "the content is not what the header says")
        }
        return rows
    }
}

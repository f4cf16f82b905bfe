import FleetModel

/// Rollups on their way ashore: what is left of samples that were thinned.
///
/// Each stands alone, since what is thinned goes in any order. The body is one arithmetic-coded
/// stream, as that of metrics segments.
package struct RollupSegment: Sendable, Equatable {
    package let rung: Rung
    /// By ascending series, then by time.
    package let rows: [RollupRow]
    /// Catalogue entries it needs: the highest series number it cites, plus one.
    package let watermark: UInt32

    /// Rows of one segment: a decoder allocates some 120 bytes for each, and the bins.
    package static let rowLimit = 65_536
    /// Bins of all sketches of one segment, 16 bytes each.
    package static let binLimit = 262_144
    /// The longest stretch that one segment covers.
    package static let span = Duration.seconds(86_400)

    package var first: Timestamp {
        rows.map(\.start).min() ?? Timestamp(milliseconds: 0)
    }

    /// The last moment of the last interval.
    package var last: Timestamp {
        (rows.map(\.start).max() ?? first) + (rung.interval ?? .zero) - .milliseconds(1)
    }

    /// Rows in any order, as few segments as the limits allow.
    package static func seal(
        _ rows: [RollupRow],
        rung: Rung
    ) throws(SegmentError) -> [SealedSegment] {
        guard !rows.isEmpty else { return [] }
        let ordered = Self.ordered(rows)
        let starts = ordered.map(\.start)
        let earliest = starts.min() ?? Timestamp(milliseconds: 0)
        let latest = starts.max() ?? earliest
        if latest - earliest >= span {
            // By time first: a day of everything before the next day of anything.
            let middle = earliest + span
            return try seal(ordered.filter { $0.start < middle }, rung: rung)
                + seal(ordered.filter { $0.start >= middle }, rung: rung)
        }
        if rows.count <= rowLimit {
            do throws(SegmentError) {
                return [try encode(ordered, rung: rung)]
            } catch {
                guard error.code == .tooLarge || error.code == .aboveLimit, rows.count > 1 else {
                    throw error
                }
            }
        }
        let middle = ordered.count / 2
        return try seal(Array(ordered[..<middle]), rung: rung)
            + seal(Array(ordered[middle...]), rung: rung)
    }

    /// Throws `.tooLarge` or `.aboveLimit` when the rows must be split (`seal` does that), and
    /// `.invalidInput` for rows that are not of this rung, or twice the same.
    package static func encode(
        _ rows: [RollupRow],
        rung: Rung
    ) throws(SegmentError) -> SealedSegment {
        guard let length = rung.interval?.milliseconds, !rows.isEmpty else {
            throw SegmentError(.invalidInput, "a rollup segment without intervals or rows")
        }
        let ordered = Self.ordered(rows)
        let start = ordered.map(\.start.milliseconds).min() ?? 0
        let end = ordered.map(\.start.milliseconds).max() ?? start
        let (stretch, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow, stretch < span.milliseconds else {
            throw SegmentError(.aboveLimit, "rollups of \(stretch / 1000) s in one segment")
        }
        let isOfRung = ordered.allSatisfy { $0.start.milliseconds % length == 0 }
        let isOnce = zip(ordered, ordered.dropFirst()).allSatisfy { isBefore($0, $1) }
        guard isOfRung, isOnce else {
            throw SegmentError(.invalidInput, "an interval of another rung, or twice the same")
        }
        var series: [ArraySlice<RollupRow>] = []
        var from = 0
        for index in 1...ordered.count
        where index == ordered.count || ordered[index].series != ordered[from].series {
            series.append(ordered[from..<index])
            from = index
        }
        let header = RollupSegmentHeader(
            rung: rung,
            firstInterval: Self.floor(start, length),
            intervalCount: Int(stretch / length) + 1,
            seriesCount: series.count,
            rowCount: ordered.count,
            watermark: (ordered.last?.series.rawValue ?? 0) &+ 1
        )
        try header.check()
        var writer = SegmentEnvelope.open(.rollups, reserving: ordered.count * 4)
        header.write(to: &writer)
        var coder = RollupSegmentCoder(
            direction: RangeEncoder(reserving: ordered.count * 4),
            header: header
        )
        for rows in series { try coder.encode(rows) }
        var direction = coder.finish()
        direction.finish()
        writer.writeBytes(direction.bytes)
        return SealedSegment(
            bytes: try SegmentEnvelope.seal(writer),
            recordCount: ordered.count,
            first: Timestamp(milliseconds: start),
            last: Timestamp(milliseconds: end &+ (length - 1)),
            watermark: header.watermark
        )
    }

    /// Opens a rollup segment. No bytes make it trap or allocate beyond the limits.
    package static func decode(_ bytes: ArraySlice<UInt8>) throws(SegmentError) -> Self {
        var (flags, reader) = try SegmentEnvelope.read(bytes, as: .rollups)
        guard flags == 0 else { throw SegmentError(.malformed, "unknown flags \(flags)") }
        let (header, content) = try SegmentError.translating { () throws(ByteError) in
            let header = try RollupSegmentHeader(from: &reader)
            return (header, try reader.readBytes(reader.remaining))
        }
        try header.check()
        var outcome: Result<[RollupRow], SegmentError>?
        content.withUnsafeBufferPointer { content in
            outcome = Result { () throws(SegmentError) in
                var coder = RollupSegmentCoder(
                    direction: RangeDecoder(lending: content),
                    header: header
                )
                return try coder.decode()
            }
        }
        guard let outcome else { throw SegmentError(.truncated, "no content") }
        return Self(rung: header.rung, rows: try outcome.get(), watermark: header.watermark)
    }

    private static func ordered(_ rows: [RollupRow]) -> [RollupRow] {
        let isOrdered = zip(rows, rows.dropFirst()).allSatisfy { isBefore($0, $1) }
        return isOrdered ? rows : rows.sorted(by: isBefore)
    }

    private static func isBefore(_ left: RollupRow, _ right: RollupRow) -> Bool {
        (left.series, left.start) < (right.series, right.start)
    }

    /// The number of the interval that a moment lies in.
    private static func floor(_ milliseconds: Int64, _ length: Int64) -> Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: length)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

import FleetModel

/// Thins samples, or finer rollups, to one rung of the ladder.
///
/// Every rung is made by way of the finer ones: samples are added up by the minute, minutes by five,
/// those by fifteen. So fifteen minutes are the same bits whether made from samples or from rollups
/// of one or five minutes, as long as they come in the order of time. What comes late is merged, and
/// then a sum may differ in its last digit.
///
/// Memory is about 150 bytes a row, for at most `rowLimit` rows, and for every series the rows that
/// are being filled.
package struct RollupBuilder: Sendable {
    /// Rows after which a builder takes no more: the caller takes them out (`finish`) and goes on.
    package static let rowLimit = 262_144

    package let rung: Rung
    private let isCounter: @Sendable (SeriesNumber) -> Bool
    private var cascades: [SeriesNumber: RollupCascade] = [:]
    private let lengths: [Int64]

    /// - Parameters:
    ///   - rung: what to thin to, not `raw`.
    ///   - isCounter: see `SeriesDefinition.isCumulative`.
    package init(rung: Rung, isCounter: @escaping @Sendable (SeriesNumber) -> Bool) {
        precondition(rung != .raw, "raw samples are what is thinned")
        self.rung = rung
        self.isCounter = isCounter
        lengths = Self.ladder(to: rung).map { $0.interval?.milliseconds ?? 1 }
    }

    /// The rungs that lead to one, itself included.
    private static func ladder(to rung: Rung) -> [Rung] {
        rung == .counts ? [.counts] : Rung.allCases.filter { $0 > .raw && $0 <= rung }
    }

    package var rowCount: Int { cascades.values.reduce(0) { $0 + $1.rowCount } }

    /// Throws `.tooLarge` when the rows so far must be taken out first.
    package mutating func add(_ segment: MetricsSegment) throws(SegmentError) {
        try checkRoom()
        for group in segment.groups {
            for column in group.columns {
                var cascade = cascade(of: column.number)
                switch column.rows {
                case .all:
                    for (time, value) in zip(group.timestamps, column.values) {
                        cascade.add(value, at: time)
                    }
                case .some(let rows):
                    for (row, value) in zip(rows, column.values) {
                        cascade.add(value, at: group.timestamps[row])
                    }
                }
                cascades[column.number] = cascade
            }
        }
    }

    /// Throws `.tooLarge` when the rows so far must be taken out first.
    package mutating func add(_ batches: [SampleBatch]) throws(SegmentError) {
        try checkRoom()
        for batch in batches {
            for (number, value) in zip(batch.numbers, batch.values) where !value.isNaN {
                var cascade = cascade(of: number)
                cascades[number] = nil
                cascade.add(value, at: batch.at.milliseconds)
                cascades[number] = cascade
            }
        }
    }

    /// Adds rollups of a finer rung, or of the same.
    ///
    /// Throws `.tooLarge` when the rows so far must be taken out first, `.invalidInput` for a coarser
    /// rung.
    package mutating func add(_ segment: RollupSegment) throws(SegmentError) {
        try add(segment.rows, rung: segment.rung)
    }

    package mutating func add(_ rows: [RollupRow], rung finer: Rung) throws(SegmentError) {
        guard finer != .raw, finer <= rung else {
            throw SegmentError(.invalidInput, "\(finer) can't be made into \(rung)")
        }
        try checkRoom()
        // Counts are made of any rollups at once.
        let level = rung == .counts ? 0 : Self.ladder(to: rung).filter { $0 <= finer }.count
        for row in rows {
            var cascade = cascade(of: row.series)
            cascades[row.series] = nil
            switch row.content {
            case .values(let values): cascade.add(values, start: row.start, level: level)
            case .count(let count):
                let start = row.start.milliseconds
                let values = RollupValues(count: count, at: start)
                cascade.add(values, start: row.start, level: level)
            }
            cascades[row.series] = cascade
        }
    }

    /// Every row, by series and time; the builder is then empty.
    package mutating func finish() -> [RollupRow] {
        var rows: [RollupRow] = []
        for number in cascades.keys.sorted() {
            guard var cascade = cascades[number] else { continue }
            for (start, values) in cascade.finish() {
                rows.append(
                    RollupRow(
                        series: number,
                        start: Timestamp(milliseconds: start),
                        content: rung == .counts ? .count(values.count) : .values(values)
                    )
                )
            }
        }
        cascades = [:]
        return rows
    }

    private func cascade(of number: SeriesNumber) -> RollupCascade {
        // Counts need no distribution, which is what a counter goes without.
        cascades[number]
            ?? RollupCascade(lengths: lengths, isCounter: rung == .counts || isCounter(number))
    }

    private func checkRoom() throws(SegmentError) {
        guard rowCount < Self.rowLimit else {
            throw SegmentError(.tooLarge, "\(rowCount) rows wait to be taken out")
        }
    }
}

extension RollupValues {
    /// Where only the count is known.
    fileprivate init(count: UInt64, at start: Int64) {
        self.init(0, at: start, isCounter: true)
        self.count = count
    }
}

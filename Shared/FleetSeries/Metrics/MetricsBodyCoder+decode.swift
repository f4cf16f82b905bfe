import FleetModel

extension MetricsBodyCoder where Direction == RangeDecoder {
    /// What the header allows, and what is left of it.
    struct Budget {
        var rows: Int
        var samples: Int
        let watermark: UInt32
        let wanted: Set<SeriesNumber>?
    }

    mutating func decode(_ budget: inout Budget) throws(SegmentError) -> SampleGroup {
        let group = codeCount(0)
        guard let group = UInt32(exactly: group) else { throw Self.malformed("group") }
        var (isKnown, memory) = takeGroup(group)
        let rowCount = codeCount(0)
        guard rowCount > 0, rowCount <= budget.rows else { throw Self.malformed("row count") }
        budget.rows -= rowCount
        var timestamps = [Int64](repeating: 0, count: rowCount)
        codeTimestamps(&timestamps, isKnown: isKnown, memory: &memory)
        try checkEnd()
        let (numbers, slots, known) = try decodeNumbers(
            isKnown: isKnown,
            budget: budget,
            memory: &memory
        )
        let decoded = try decodeColumns(
            numbers,
            rowCount: rowCount,
            slots: slots,
            known: known,
            budget: &budget,
            memory: &memory
        )
        putGroup(memory)
        return SampleGroup(group: group, timestamps: timestamps, columns: decoded)
    }

    func checkEnd() throws(SegmentError) {
        if columns.model.direction.isExhausted {
            throw SegmentError(.truncated, "the content ends before its samples do")
        }
    }

    private static func malformed(_ what: String) -> SegmentError {
        SegmentError(.malformed, "\(what) out of range")
    }

    private mutating func decodeNumbers(
        isKnown: Bool,
        budget: Budget,
        memory: inout SegmentContext.Group
    ) throws(SegmentError) -> (numbers: [UInt32], slots: [Int], known: [Bool]) {
        typealias Layout = ModelLayout
        if isKnown, columns.model.code(false, Layout.listFlag) {
            guard memory.numbers.last ?? 0 < max(budget.watermark, 1),
                memory.numbers.count <= budget.samples
            else { throw Self.malformed("series") }
            let known = [Bool](repeating: true, count: memory.numbers.count)
            return (memory.numbers, Array(memory.numbers.indices), known)
        }
        var present: [UInt32] = []
        var previous = 1
        for number in memory.numbers {
            let isPresent = columns.model.code(false, Layout.listFlag + 1 + previous)
            previous = isPresent ? 1 : 0
            if isPresent { present.append(number) }
        }
        let count = codeCount(0)
        guard count >= 0, present.count + count <= budget.samples else {
            throw Self.malformed("series count")
        }
        var fresh: [UInt32] = []
        fresh.reserveCapacity(count)
        var next: UInt64 = 0
        var old = 0
        while fresh.count < count {
            let gap = columns.model.codeNumber(0, Layout.listNumber)
            let length = columns.model.codeNumber(0, Layout.listNumber)
            guard gap <= UInt64(budget.watermark), length > 0,
                length <= UInt64(count - fresh.count),
                next + gap + length <= UInt64(budget.watermark)
            else { throw Self.malformed("series number") }
            next += gap
            for _ in 0..<length {
                let number = UInt32(truncatingIfNeeded: next)
                while old < memory.numbers.count, memory.numbers[old] < number { old += 1 }
                guard old == memory.numbers.count || memory.numbers[old] != number else {
                    throw SegmentError(.malformed, "a series is listed twice")
                }
                fresh.append(number)
                next += 1
            }
        }
        try checkEnd()
        guard present.last ?? 0 < max(budget.watermark, 1) else {
            throw Self.malformed("series number")
        }
        let numbers = fresh.isEmpty ? present : (present + fresh).sorted()
        let (slots, known) = memory.merge(fresh: fresh, present: numbers)
        return (numbers, slots, known)
    }

    private mutating func decodeColumns(
        _ numbers: [UInt32],
        rowCount: Int,
        slots: [Int],
        known: [Bool],
        budget: inout Budget,
        memory: inout SegmentContext.Group
    ) throws(SegmentError) -> [SeriesColumn] {
        typealias Layout = ModelLayout
        columns.beginGroup(rowCount: rowCount)
        let isWholeTable = columns.model.code(false, Layout.presenceFlag)
        var kept: [KeptColumn] = []
        var rowLists: [[Int]] = []
        // Room for all that the group may hold, of which only what comes is touched.
        let wanted = budget.wanted.map { min(numbers.count, $0.count + 1) } ?? numbers.count
        let cells = wanted.multipliedReportingOverflow(by: rowCount)
        let room = cells.overflow ? budget.samples : min(cells.partialValue, budget.samples)
        kept.reserveCapacity(wanted)
        var outcome = Result<Void, SegmentError>.success(())
        let values = [Double](unsafeUninitializedCapacity: room) { values, count in
            outcome = Result { () throws(SegmentError) in
                for column in numbers.indices {
                    let slot = slots[column]
                    var rows: [UInt32]?
                    if !isWholeTable {
                        rows = try decodePresence(
                            rowCount: rowCount,
                            budget: budget,
                            state: &memory.states[slot]
                        )
                    }
                    let added = rows?.count ?? rowCount
                    guard added <= budget.samples, added <= room - count else {
                        throw Self.malformed("sample count")
                    }
                    budget.samples -= added
                    let target = UnsafeMutableBufferPointer(
                        rebasing: values[count..<count + added]
                    )
                    decodeColumn(
                        number: numbers[column],
                        isKnown: known[column],
                        rows: rows,
                        state: &memory.states[slot],
                        into: target
                    )
                    try checkEnd()
                    let number = SeriesNumber(numbers[column])
                    if let wanted = budget.wanted, !wanted.contains(number) { continue }
                    count += added
                    if let rows { rowLists.append(rows.map(Int.init)) }
                    kept.append(
                        KeptColumn(
                            number: number,
                            end: count,
                            rowList: rows == nil ? nil : rowLists.count - 1
                        )
                    )
                }
            }
        }
        try outcome.get()
        var result: [SeriesColumn] = []
        result.reserveCapacity(kept.count)
        var start = 0
        for column in kept {
            result.append(
                SeriesColumn(
                    number: column.number,
                    rows: column.rowList.map { .some(rowLists[$0]) } ?? .all,
                    values: ColumnValues(storage: values, range: start..<column.end)
                )
            )
            start = column.end
        }
        return result
    }

    /// A decoded column's place in its group's values; it begins where the one before ends.
    private struct KeptColumn {
        let number: SeriesNumber
        let end: Int
        let rowList: Int?
    }

    @inline(__always)
    private mutating func decodeColumn(
        number: UInt32,
        isKnown: Bool,
        rows: [UInt32]?,
        state: inout SeriesState,
        into values: UnsafeMutableBufferPointer<Double>
    ) {
        var plan = ColumnPlan()
        columns.codePlan(&plan, state: state, isKnown: isKnown)
        values.initialize(
            repeating: plan.isUnchanged ? Double(bitPattern: state.lastBits) : 0
        )
        if plan.isUnchanged {
            state.activity <<= 1
            return
        }
        values.withMemoryRebound(to: UInt64.self) { bits in
            if let rows {
                rows.withUnsafeBufferPointer { rows in
                    columns.codeValues(bits, rows: rows, number: number, plan: plan, state: &state)
                }
            } else {
                columns.codeValues(bits, rows: nil, number: number, plan: plan, state: &state)
            }
        }
        state.activity = state.activity << 1 | (plan.isConstant ? 0 : 1)
    }

    /// Returns the rows that have a sample, or `nil` for all.
    private mutating func decodePresence(
        rowCount: Int,
        budget: Budget,
        state: inout SeriesState
    ) throws(SegmentError) -> [UInt32]? {
        typealias Layout = ModelLayout
        let context =
            Layout.presenceFlag + 1 + columns.neighbours.previousPartial
            + (state.wasPartial ? 2 : 0)
        let isPartial = columns.model.code(false, context)
        columns.neighbours.previousPartial = isPartial ? 1 : 0
        state.wasPartial = isPartial
        guard isPartial else { return nil }
        let runs = columns.model.codeNumber(0, Layout.presenceNumber)
        guard runs > 0, runs <= UInt64(rowCount) else { throw Self.malformed("run count") }
        var rows: [UInt32] = []
        var next: UInt64 = 0
        for _ in 0..<runs {
            let gap = columns.model.codeNumber(0, Layout.presenceNumber)
            let length = columns.model.codeNumber(0, Layout.presenceNumber)
            guard gap <= UInt64(rowCount), length > 0, length <= UInt64(rowCount),
                next + gap + length <= UInt64(rowCount),
                rows.count + Int(length) <= budget.samples
            else { throw Self.malformed("run") }
            let start = UInt32(next + gap)
            rows.append(contentsOf: start..<start + UInt32(length))
            next += gap + length
        }
        return rows
    }
}

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
        var values: [Double] = []
        let cells = numbers.count.multipliedReportingOverflow(by: rowCount)
        if budget.wanted == nil {
            kept.reserveCapacity(numbers.count)
            values.reserveCapacity(
                cells.overflow ? budget.samples : min(cells.partialValue, budget.samples)
            )
        }
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
            let count = rows?.count ?? rowCount
            guard count <= budget.samples else { throw Self.malformed("sample count") }
            budget.samples -= count
            let start = values.count
            decodeColumn(
                number: numbers[column],
                isKnown: known[column],
                count: count,
                rows: rows,
                state: &memory.states[slot],
                into: &values
            )
            try checkEnd()
            let number = SeriesNumber(numbers[column])
            if budget.wanted?.contains(number) ?? true {
                if let rows { rowLists.append(rows.map(Int.init)) }
                kept.append(
                    KeptColumn(
                        number: number,
                        end: values.count,
                        rowList: rows == nil ? nil : rowLists.count - 1
                    )
                )
            } else {
                values.removeLast(values.count - start)
            }
        }
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

    private mutating func decodeColumn(
        number: UInt32,
        isKnown: Bool,
        count: Int,
        rows: [UInt32]?,
        state: inout SeriesState,
        into values: inout [Double]
    ) {
        var plan = ColumnPlan()
        columns.codePlan(&plan, state: state, isKnown: isKnown)
        if plan.isUnchanged {
            state.activity <<= 1
            values.append(
                contentsOf: repeatElement(Double(bitPattern: state.lastBits), count: count)
            )
            return
        }
        let start = values.count
        values.append(contentsOf: repeatElement(0, count: count))
        values.withUnsafeMutableBufferPointer { all in
            UnsafeMutableBufferPointer(rebasing: all[start...])
                .withMemoryRebound(to: UInt64.self) { bits in
                    if let rows {
                        rows.withUnsafeBufferPointer { rows in
                            columns.codeValues(
                                bits,
                                rows: rows,
                                number: number,
                                plan: plan,
                                state: &state
                            )
                        }
                    } else {
                        columns.codeValues(
                            bits,
                            rows: nil,
                            number: number,
                            plan: plan,
                            state: &state
                        )
                    }
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

extension MetricsBodyCoder where Direction == RangeEncoder {
    mutating func encode(_ table: inout GroupTable) throws(SegmentError) {
        _ = codeCount(Int(table.group))
        var (isKnown, memory) = takeGroup(table.group)
        _ = codeCount(table.timestamps.count)
        codeTimestamps(&table.timestamps, isKnown: isKnown, memory: &memory)
        let (slots, known) = encodeNumbers(table.numbers, isKnown: isKnown, memory: &memory)
        encodeColumns(&table, slots: slots, known: known, memory: &memory)
        putGroup(memory)
    }

    /// Codes which series there are. Returns for each column its place in the memory, and whether
    /// the predecessor knew it.
    private mutating func encodeNumbers(
        _ numbers: [UInt32],
        isKnown: Bool,
        memory: inout SegmentContext.Group
    ) -> (slots: [Int], known: [Bool]) {
        typealias Layout = ModelLayout
        if isKnown {
            let isSame = memory.numbers == numbers
            _ = columns.model.code(isSame, Layout.listFlag)
            if isSame {
                return (
                    Array(numbers.indices), [Bool](repeating: true, count: numbers.count)
                )
            }
        }
        var fresh: [UInt32] = []
        var index = 0
        var previous = 1
        for number in memory.numbers {
            while index < numbers.count, numbers[index] < number {
                fresh.append(numbers[index])
                index += 1
            }
            let isPresent = index < numbers.count && numbers[index] == number
            _ = columns.model.code(isPresent, Layout.listFlag + 1 + previous)
            previous = isPresent ? 1 : 0
            if isPresent { index += 1 }
        }
        fresh.append(contentsOf: numbers[index...])
        _ = columns.model.codeNumber(UInt64(fresh.count), Layout.groupNumber)
        var next: UInt32 = 0
        var start = 0
        while start < fresh.count {
            var end = start + 1
            while end < fresh.count, fresh[end] == fresh[end - 1] + 1 { end += 1 }
            _ = columns.model.codeNumber(UInt64(fresh[start] - next), Layout.listNumber)
            _ = columns.model.codeNumber(UInt64(end - start), Layout.listNumber)
            next = fresh[end - 1] + 1
            start = end
        }
        return memory.merge(fresh: fresh, present: numbers)
    }

    private mutating func encodeColumns(
        _ table: inout GroupTable,
        slots: [Int],
        known: [Bool],
        memory: inout SegmentContext.Group
    ) {
        typealias Layout = ModelLayout
        let rowCount = table.timestamps.count
        columns.beginGroup(rowCount: rowCount)
        _ = columns.model.code(table.isWhole, Layout.presenceFlag)
        var planner = ColumnPlanner()
        let numbers = table.numbers
        let starts = table.starts
        let isWholeTable = table.isWhole
        table.rows.withUnsafeBufferPointer { allRows in
            table.bits.withUnsafeMutableBufferPointer { allBits in
                for column in numbers.indices {
                    let range = starts[column]..<starts[column + 1]
                    let isWhole = isWholeTable || range.count == rowCount
                    let rows = isWhole ? nil : UnsafeBufferPointer(rebasing: allRows[range])
                    if !isWholeTable {
                        encodePresence(rows, state: &memory.states[slots[column]])
                    }
                    let state = memory.states[slots[column]]
                    var plan = planner.plan(
                        UnsafeBufferPointer(allBits)[range],
                        isWhole: isWhole,
                        state: state,
                        isKnown: known[column],
                        neighbours: columns.neighbours
                    )
                    columns.codePlan(&plan, state: state, isKnown: known[column])
                    if plan.isUnchanged {
                        memory.states[slots[column]].activity <<= 1
                        continue
                    }
                    columns.codeValues(
                        UnsafeMutableBufferPointer(rebasing: allBits[range]),
                        rows: rows,
                        number: numbers[column],
                        plan: plan,
                        state: &memory.states[slots[column]]
                    )
                    let active: UInt8 = plan.isConstant ? 0 : 1
                    memory.states[slots[column]].activity =
                        memory.states[slots[column]].activity << 1 | active
                }
            }
        }
    }

    /// Codes which rows have a sample, as runs: their number, then what lies before and in each.
    private mutating func encodePresence(
        _ rows: UnsafeBufferPointer<UInt32>?,
        state: inout SeriesState
    ) {
        typealias Layout = ModelLayout
        let context =
            Layout.presenceFlag + 1 + columns.neighbours.previousPartial
            + (state.wasPartial ? 2 : 0)
        let isPartial = columns.model.code(rows != nil, context)
        columns.neighbours.previousPartial = isPartial ? 1 : 0
        state.wasPartial = isPartial
        guard let rows else { return }
        var runs: [(gap: Int, length: Int)] = []
        var next = 0
        for row in rows.lazy.map(Int.init) {
            if row == next, let last = runs.indices.last {
                runs[last].length += 1
            } else {
                runs.append((row - next, 1))
            }
            next = row + 1
        }
        _ = columns.model.codeNumber(UInt64(runs.count), Layout.presenceNumber)
        for run in runs {
            _ = columns.model.codeNumber(UInt64(run.gap), Layout.presenceNumber)
            _ = columns.model.codeNumber(UInt64(run.length), Layout.presenceNumber)
        }
    }
}

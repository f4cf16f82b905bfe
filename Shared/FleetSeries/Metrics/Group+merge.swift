extension SegmentContext.Group {
    /// Adds series to the memory. `fresh` and `present` ascend, `fresh` holds nothing known.
    ///
    /// Returns, for each of the series that are `present`, where its state lies and whether it was
    /// there before.
    mutating func merge(
        fresh: [UInt32],
        present: [UInt32]
    ) -> (slots: [Int], known: [Bool]) {
        var merged: [UInt32] = []
        var mergedStates: [SeriesState] = []
        merged.reserveCapacity(numbers.count + fresh.count)
        mergedStates.reserveCapacity(numbers.count + fresh.count)
        var slots: [Int] = []
        var known: [Bool] = []
        slots.reserveCapacity(present.count)
        known.reserveCapacity(present.count)
        var old = 0
        var new = 0
        var wanted = 0
        while old < numbers.count || new < fresh.count {
            let isOld = new == fresh.count || old < numbers.count && numbers[old] < fresh[new]
            let number = isOld ? numbers[old] : fresh[new]
            if wanted < present.count, present[wanted] == number {
                slots.append(merged.count)
                known.append(isOld)
                wanted += 1
            }
            merged.append(number)
            mergedStates.append(isOld ? states[old] : SeriesState())
            if isOld { old += 1 } else { new += 1 }
        }
        numbers = merged
        states = mergedStates
        return (slots, known)
    }
}

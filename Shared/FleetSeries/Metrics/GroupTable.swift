import FleetModel

/// One group's samples by column instead of by row.
struct GroupTable {
    var group: UInt32
    var timestamps: [Int64]
    /// Ascending.
    var numbers: [UInt32]
    /// Where each column begins in `bits`; one more than there are columns.
    var starts: [Int]
    /// The samples' bits, column after column, each in the order of its rows.
    var bits: [UInt64]
    /// The row of each sample; empty where every column has a sample in every row.
    var rows: [UInt32]

    var isWhole: Bool { rows.isEmpty }

    func range(of column: Int) -> Range<Int> { starts[column]..<starts[column + 1] }

    /// Throws `.invalidInput` for a series that a batch holds twice.
    init(group: UInt32, batches: [SampleBatch]) throws(SegmentError) {
        self.group = group
        timestamps = batches.map(\.at.milliseconds)
        numbers = []
        starts = []
        bits = []
        rows = []
        guard let first = batches.first else { return }
        if batches.allSatisfy({ Self.areEqual($0.numbers, first.numbers) }) {
            try fillWhole(batches, numbers: first.numbers)
        } else {
            try fillPartial(batches)
        }
    }

    private mutating func fillWhole(
        _ batches: [SampleBatch],
        numbers: [SeriesNumber]
    ) throws(SegmentError) {
        let order = try Self.order(of: numbers)
        let rowCount = batches.count
        self.numbers = order.map { numbers[$0].rawValue }
        starts = (0...numbers.count).map { $0 * rowCount }
        bits = [UInt64](unsafeUninitializedCapacity: rowCount * numbers.count) { target, count in
            for (row, batch) in batches.enumerated() {
                batch.values.withUnsafeBufferPointer { values in
                    for (column, place) in order.enumerated() {
                        target[column * rowCount + row] = values[place].bitPattern
                    }
                }
            }
            count = rowCount * numbers.count
        }
    }

    private mutating func fillPartial(_ batches: [SampleBatch]) throws(SegmentError) {
        var places: [UInt32: Int] = [:]
        var counts: [Int] = []
        var found: [UInt32] = []
        for batch in batches {
            for number in batch.numbers {
                let next = found.count
                let place = places[number.rawValue, default: next]
                if place == next {
                    places[number.rawValue] = next
                    found.append(number.rawValue)
                    counts.append(0)
                }
                counts[place] += 1
            }
        }
        let order = found.indices.sorted { found[$0] < found[$1] }
        numbers = order.map { found[$0] }
        var cursors = [Int](repeating: 0, count: found.count)
        var total = 0
        for place in order {
            starts.append(total)
            cursors[place] = total
            total += counts[place]
        }
        starts.append(total)
        bits = [UInt64](repeating: 0, count: total)
        rows = [UInt32](repeating: 0, count: total)
        var seen = [Int](repeating: -1, count: found.count)
        for (row, batch) in batches.enumerated() {
            for (number, value) in zip(batch.numbers, batch.values) {
                guard let place = places[number.rawValue] else { continue }
                guard seen[place] != row else { throw Self.repeated(number) }
                seen[place] = row
                bits[cursors[place]] = value.bitPattern
                rows[cursors[place]] = UInt32(row)
                cursors[place] += 1
            }
        }
    }

    /// As raw memory: a series number's own `==` lives in another module and is called, not inlined.
    private static func areEqual(_ one: [SeriesNumber], _ other: [SeriesNumber]) -> Bool {
        one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                one.count == other.count
                    && one.bindMemory(to: UInt32.self).elementsEqual(
                        other.bindMemory(to: UInt32.self)
                    )
            }
        }
    }

    /// Where the series lie in a batch, by ascending number.
    private static func order(of numbers: [SeriesNumber]) throws(SegmentError) -> [Int] {
        var isAscending = true
        for index in numbers.indices.dropFirst()
        where numbers[index].rawValue <= numbers[index - 1].rawValue {
            isAscending = false
            break
        }
        if isAscending { return Array(numbers.indices) }
        let order = numbers.indices.sorted { numbers[$0].rawValue < numbers[$1].rawValue }
        for (one, other) in zip(order, order.dropFirst()) where numbers[one] == numbers[other] {
            throw repeated(numbers[one])
        }
        return order
    }

    private static func repeated(_ number: SeriesNumber) -> SegmentError {
        SegmentError(.invalidInput, "series \(number) occurs twice in one batch")
    }
}

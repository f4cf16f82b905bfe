import FleetModel

/// Gathers the samples of one batch.
struct BatchBuilder {
    let group: UInt32
    let at: Timestamp
    private var numbers: [SeriesNumber] = []
    private var values: [Double] = []

    init(group: UInt32, at: Timestamp, capacity: Int = 0) {
        self.group = group
        self.at = at
        numbers.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    @inline(__always)
    mutating func append(_ number: SeriesNumber, _ value: Double) {
        numbers.append(number)
        values.append(value)
    }

    func finish() -> SampleBatch {
        SampleBatch(group: group, at: at, numbers: numbers, values: values)
    }
}

import FleetModel

/// Samples that wait for the next transaction, by the times they share, and who waits with them.
struct PendingSamples {
    private struct Builder {
        let group: UInt32
        let time: Int64
        var numbers: [SeriesNumber] = []
        var values: [Double] = []
    }

    private struct Key: Hashable {
        let group: UInt32
        let time: Int64
    }

    private var builders: [Builder] = []
    private var places: [Key: Int] = [:]
    /// The builders that were used last, by a few bits of their keys: samples of one scrape come
    /// together, so the dictionary is hardly asked.
    private var recent = [Int](repeating: -1, count: 64)

    /// To be taken back if the transaction fails.
    var former: [SeriesMemory.Former] = []
    var digests: [[UInt8]] = []
    var waiters: [CheckedContinuation<Void, any Error>] = []
    private(set) var sampleCount = 0

    var isEmpty: Bool { sampleCount == 0 && waiters.isEmpty }

    @inline(__always)
    mutating func append(_ group: UInt32, _ time: Int64, _ number: UInt32, _ value: Double) {
        let slot = Int(truncatingIfNeeded: (time &+ time &>> 7) ^ Int64(group) &* 31) & 63
        var place = recent[slot]
        if place < 0 || builders[place].time != time || builders[place].group != group {
            place = builder(group, time)
            recent[slot] = place
        }
        builders[place].numbers.append(SeriesNumber(number))
        builders[place].values.append(value)
        sampleCount &+= 1
    }

    private mutating func builder(_ group: UInt32, _ time: Int64) -> Int {
        let key = Key(group: group, time: time)
        if let place = places[key] { return place }
        places[key] = builders.count
        builders.append(Builder(group: group, time: time))
        return builders.count - 1
    }

    func batches() -> [SampleBatch] {
        builders.map {
            SampleBatch(
                group: $0.group,
                at: Timestamp(milliseconds: $0.time),
                numbers: $0.numbers,
                values: $0.values
            )
        }
    }
}

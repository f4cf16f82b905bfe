import FleetModel

extension SampleBatch {
    /// Joins batches of one group and time, and puts their series in order, so that what came in
    /// several requests is sealed as the one scrape that it was.
    ///
    /// Batches of other groups stay as they are. Where two have a sample of one series, both stay.
    static func merged(_ batches: [SampleBatch], groups: Set<UInt32>) -> [SampleBatch] {
        struct Key: Hashable {
            let group: UInt32
            let time: Int64
        }
        var places: [Key: Int] = [:]
        var merged: [[SampleBatch]] = []
        for batch in batches {
            guard groups.contains(batch.group) else {
                merged.append([batch])
                continue
            }
            let key = Key(group: batch.group, time: batch.at.milliseconds)
            if let place = places[key] {
                merged[place].append(batch)
            } else {
                places[key] = merged.count
                merged.append([batch])
            }
        }
        // In order of time: a segment may not span many hours, and what is late would cut it.
        return merged.flatMap { parts in
            groups.contains(parts[0].group) ? ordered(parts).map { [$0] } ?? parts : parts
        }.sorted { $0.at < $1.at }
    }

    /// One batch with ascending series, or `nil` if a series is there twice.
    private static func ordered(_ parts: [SampleBatch]) -> SampleBatch? {
        let count = parts.reduce(0) { $0 + $1.numbers.count }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count)
        for part in parts { for number in part.numbers { numbers.append(number.rawValue) } }
        var isAscending = true
        for index in numbers.indices.dropFirst() where numbers[index] <= numbers[index - 1] {
            isAscending = false
            break
        }
        if isAscending, parts.count == 1 { return parts[0] }
        var values: [Double] = []
        values.reserveCapacity(count)
        for part in parts { values += part.values }
        if !isAscending {
            // Number above, place below: sorting whole words is quicker than by a closure.
            var keys = numbers.indices.map { UInt64(numbers[$0]) << 32 | UInt64($0) }
            keys.sort()
            let unordered = values
            for (place, key) in keys.enumerated() {
                numbers[place] = UInt32(truncatingIfNeeded: key >> 32)
                values[place] = unordered[Int(key & 0xFFFF_FFFF)]
                if place > 0, numbers[place] == numbers[place - 1] { return nil }
            }
        }
        return SampleBatch(
            group: parts[0].group,
            at: parts[0].at,
            numbers: numbers.map { SeriesNumber($0) },
            values: values
        )
    }
}

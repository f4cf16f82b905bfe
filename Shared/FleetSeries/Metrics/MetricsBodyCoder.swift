/// What the encoder and the decoder of a segment's body have in common: everything around the
/// columns.
struct MetricsBodyCoder<Direction: BitCoder>: ~Copyable {
    var columns: ColumnCoder<Direction>
    var context: SegmentContext
    /// Where each group lies in `context.groups`.
    var places: [UInt32: Int] = [:]
    let base: Int64

    init(direction: Direction, context: SegmentContext, base: Int64) {
        var context = context
        columns = ColumnCoder(
            model: ModelCoder(direction: direction, probabilities: context.probabilities)
        )
        // Not to be copied on the first write while both hold it.
        context.probabilities = []
        self.context = context
        self.base = base
        for (place, group) in context.groups.enumerated() { places[group.group] = place }
    }

    /// The direction, to be ended, and the context that the segment leaves.
    func finish() -> (Direction, SegmentContext) {
        var context = context
        context.probabilities = columns.model.probabilities
        return (columns.model.direction, context)
    }

    mutating func codeCount(_ count: Int) -> Int {
        Int(truncatingIfNeeded: columns.model.codeNumber(UInt64(count), ModelLayout.groupNumber))
    }

    /// Takes a group's memory out of the context, so that it is changed in place.
    mutating func takeGroup(_ group: UInt32) -> (known: Bool, SegmentContext.Group) {
        guard let place = places[group] else {
            return (
                false,
                SegmentContext.Group(
                    group: group,
                    lastTimestamp: base,
                    lastInterval: 0,
                    numbers: [],
                    states: []
                )
            )
        }
        let taken = context.groups[place]
        context.groups[place].numbers = []
        context.groups[place].states = []
        return (true, taken)
    }

    mutating func putGroup(_ group: SegmentContext.Group) {
        if let place = places[group.group] {
            context.groups[place] = group
        } else {
            places[group.group] = context.groups.count
            context.groups.append(group)
        }
    }

    /// Codes the rows' times as differences from what the interval promises.
    mutating func codeTimestamps(
        _ timestamps: inout [Int64],
        isKnown: Bool,
        memory: inout SegmentContext.Group
    ) {
        for row in timestamps.indices {
            let expected = memory.lastTimestamp &+ memory.lastInterval
            let isSettled = isKnown || row > 1
            let offset = ModelLayout.timestamp + (isSettled ? ModelLayout.numberSize : 0)
            let error = columns.model.codeSigned(timestamps[row] &- expected, offset)
            let at = expected &+ error
            let interval = at &- memory.lastTimestamp
            if isKnown || row > 0 {
                // A quarter of the jitter follows; a change of the interval follows at once.
                let isJitter = error.magnitude < memory.lastInterval.magnitude >> 3
                memory.lastInterval = isJitter ? memory.lastInterval &+ error >> 2 : interval
            }
            memory.lastTimestamp = at
            timestamps[row] = at
        }
    }
}

import FleetModel

extension RollupCoder {
    /// A gauge's sketch. Most hold a few bins between the minimum's and the maximum's, which are
    /// known: then it is told how the values divide between the halves of that stretch, and so on.
    mutating func codeSketch(
        _ sketch: DDSketch?,
        of values: RollupValues
    ) throws(SegmentError) -> DDSketch {
        guard !values.min.isNaN, !values.max.isNaN, !values.last.isNaN else {
            throw SegmentError(.malformed, "NaN among a rollup's values")
        }
        let known = Set([values.min, values.max, values.last].map { DDSketchKey($0) })
        let isOrdinary = sketch.map { Self.isOrdinary($0, values, known) } ?? false
        guard model.code(isOrdinary, Layout.sketchFlag) else {
            return try codeBins(of: sketch)
        }
        guard values.count >= UInt64(known.count), values.min <= values.last,
            values.last <= values.max
        else { throw SegmentError(.malformed, "fewer values than bins") }
        var wanted: [DDSketch.Bin] = []
        for bin in sketch?.bins ?? [] {
            let extra = known.contains(bin.key) ? bin.count - 1 : bin.count
            if extra > 0 { wanted.append(DDSketch.Bin(key: bin.key, count: extra)) }
        }
        var found: [DDSketch.Bin] = known.map { DDSketch.Bin(key: $0, count: 1) }
        try divide(
            wanted[...],
            values.count - UInt64(known.count),
            from: DDSketchKey(values.min).rawValue,
            through: DDSketchKey(values.max).rawValue,
            into: &found
        )
        binBudget -= found.count
        guard binBudget >= 0 else { throw SegmentError(.aboveLimit, "too many bins") }
        return Direction.isEncoder ? sketch ?? DDSketch() : DDSketch(bins: found)
    }

    /// Whether the sketch can be told from the values that are known.
    private static func isOrdinary(
        _ sketch: DDSketch,
        _ values: RollupValues,
        _ known: Set<DDSketchKey>
    ) -> Bool {
        !sketch.isCollapsed && sketch.count == values.count
            && sketch.bins.first?.key == DDSketchKey(values.min)
            && sketch.bins.last?.key == DDSketchKey(values.max)
            && known.allSatisfy { key in sketch.bins.contains { $0.key == key } }
    }

    /// How `left` values lie in the bins of a stretch.
    private mutating func divide(
        _ wanted: ArraySlice<DDSketch.Bin>,
        _ left: UInt64,
        from low: Int32,
        through high: Int32,
        into found: inout [DDSketch.Bin]
    ) throws(SegmentError) {
        guard left > 0 else { return }
        guard low < high else {
            found.append(DDSketch.Bin(key: DDSketchKey(rawValue: low), count: left))
            guard found.count <= binBudget else {
                throw SegmentError(.aboveLimit, "too many bins")
            }
            return
        }
        let middle = (low + high) >> 1
        let split = wanted.firstIndex { $0.key.rawValue > middle } ?? wanted.endIndex
        let lower = wanted[..<split].reduce(UInt64(0)) { $0 + $1.count }
        let coded: UInt64
        if left < 8 {
            let context = Layout.fewLeft + 8 * Int(left)
            coded = UInt64(model.codeTree(Int(lower), width: 3, context))
        } else {
            let step = Int64(bitPattern: lower &- left / 2)
            let folded = codeInClass(
                UInt64(bitPattern: step << 1 ^ step >> 63),
                Layout.manyLeft,
                (65 - left.leadingZeroBitCount) / 2,
                classes: Layout.wideClasses
            )
            coded = left / 2 &+ (folded >> 1 ^ (0 &- (folded & 1)))
        }
        guard coded <= left else { throw SegmentError(.malformed, "more values than there are") }
        try divide(wanted[..<split], coded, from: low, through: middle, into: &found)
        try divide(wanted[split...], left - coded, from: middle + 1, through: high, into: &found)
    }

    /// Bin by bin.
    private mutating func codeBins(of sketch: DDSketch?) throws(SegmentError) -> DDSketch {
        let isCollapsed = model.code(sketch?.isCollapsed ?? false, Layout.sketchFlag + 1)
        let bins = sketch?.bins ?? []
        let count = model.codeNumber(UInt64(bins.count), Layout.bins)
        guard count <= UInt64(DDSketch.binLimit), Int(count) <= binBudget else {
            throw SegmentError(.aboveLimit, "\(count) bins in one sketch")
        }
        binBudget -= Int(count)
        var found: [DDSketch.Bin] = []
        var previous: Int64 = 0
        for index in 0..<Int(count) {
            let bin = Direction.isEncoder ? bins[index] : nil
            let step = model.codeSigned(
                Int64(bin?.key.rawValue ?? 0) &- previous,
                Layout.binStep
            )
            previous &+= step
            let limit = Int64(DDSketchKey.infinity.rawValue)
            guard (-limit...limit).contains(previous), index == 0 || step > 0 else {
                throw SegmentError(.malformed, "a bin out of order")
            }
            let content = model.codeNumber(bin?.count ?? 0, Layout.binCount)
            guard content > 0 else { throw SegmentError(.malformed, "an empty bin") }
            let key = DDSketchKey(rawValue: Int32(previous))
            found.append(DDSketch.Bin(key: key, count: content))
        }
        return DDSketch(bins: found, isCollapsed: isCollapsed)
    }
}

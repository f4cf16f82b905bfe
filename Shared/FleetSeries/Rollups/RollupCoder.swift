import FleetModel

/// Codes rollups series by series, in either direction (see `BitCoder`).
struct RollupCoder<Direction: BitCoder>: ~Copyable {
    typealias Layout = RollupLayout

    /// When and how many: what the series of one scrape target have in common.
    struct Shape: Hashable {
        var count: UInt64
        /// Milliseconds from the interval's start to the last value.
        var lastAt: UInt64
    }

    /// How a row's values are written.
    enum Form: Int {
        /// All values are the series' last one (before any: the series' before).
        case unchanged = 0
        case constant = 1
        /// Whole numbers on the series' scale.
        case plain = 2
        /// Bits as they are.
        case odd = 3
    }

    /// What is remembered of a series from one row to the next.
    struct Memory {
        var isCounter: Bool
        /// Chosen by the encoder, known to the decoder from the first row that needs it on.
        var scale = NumberScale.whole
        var isScaleCoded = false
        /// Of the row before, or of the series before.
        var lastBits: UInt64
        var hasRow = false
        var correction: Int64 = 0
        var shape: Shape?
        var form: Form?
        var step: Int64 = 0
        var increase: Int64 = 0
        /// By field: the length of the last residual, for the next one's context.
        var lastClass = Layout.classes - 1
        var belowClass = Layout.classes - 1
        var aboveClass = Layout.classes - 1
        var stepClass = Layout.classes - 1
        var increaseClass = Layout.classes - 1
    }

    var model: ModelCoder<Direction>
    /// By interval, the last four shapes, the latest first.
    private var shapes: [[Shape]]
    private var forms: [Form?]
    private var previousShape = 5
    private var previousSame = 0
    private var previousCounter = 0
    var previousScale = NumberScale.whole
    /// Of the series before: its first row's last value.
    private var previousFirst: UInt64 = 0
    private var previousPresence: [Bool]
    /// Bins that may still be decoded: bounds what one segment allocates.
    var binBudget = RollupSegment.binLimit

    init(direction: Direction, intervals: Int) {
        model = ModelCoder(
            direction: direction,
            probabilities: [Probability](repeating: Probability(), count: Layout.size)
        )
        shapes = [[Shape]](repeating: [], count: intervals)
        forms = [Form?](repeating: nil, count: intervals)
        previousPresence = [Bool](repeating: true, count: intervals)
    }

    mutating func codeSeriesStep(_ step: UInt64) -> UInt64 {
        model.codeNumber(step, Layout.seriesStep)
    }

    mutating func beginSeries(isCounter: Bool) -> Memory {
        let coded = model.code(isCounter, Layout.counterFlag + previousCounter)
        previousCounter = coded ? 1 : 0
        return Memory(isCounter: coded, lastBits: previousFirst)
    }

    /// Which intervals have a row.
    mutating func codePresence(_ presence: [Bool]) -> [Bool] {
        let isSame = model.code(presence == previousPresence, Layout.samePresence + previousSame)
        previousSame = isSame ? 1 : 0
        if isSame { return previousPresence }
        var coded = previousPresence
        var before = 1
        for index in previousPresence.indices {
            let wanted = Direction.isEncoder && presence[index]
            let above = previousPresence[index] ? 1 : 0
            coded[index] = model.code(wanted, Layout.presence + 2 * before + above)
            before = coded[index] ? 1 : 0
        }
        previousPresence = coded
        return coded
    }

    mutating func codeShape(
        _ shape: Shape,
        interval: Int,
        memory: inout Memory
    ) throws(SegmentError) -> Shape {
        let known = shapes[interval]
        let place = known.firstIndex(of: shape) ?? 4
        let coded = model.codeTree(place, width: 3, Layout.shape + 8 * previousShape)
        previousShape = min(coded, 4)
        var result = shape
        if coded < known.count {
            result = known[coded]
            shapes[interval].remove(at: coded)
        } else {
            guard coded == 4 else { throw SegmentError(.malformed, "a shape that is not there") }
            let reference = memory.shape ?? Shape(count: 0, lastAt: 0)
            let isKnown = memory.shape == nil ? 0 : 1
            if model.code(shape.count == reference.count, Layout.sameCount + isKnown) {
                result.count = reference.count
            } else {
                result.count = model.codeNumber(shape.count, Layout.count)
            }
            let step = Int64(bitPattern: shape.lastAt &- reference.lastAt)
            result.lastAt =
                reference.lastAt &+ UInt64(bitPattern: model.codeSigned(step, Layout.lastAt))
            if known.count == 4 { shapes[interval].removeLast() }
        }
        shapes[interval].insert(result, at: 0)
        memory.shape = result
        return result
    }

    mutating func codeForm(_ form: Form, interval: Int, memory: inout Memory) -> Form {
        let before = memory.form?.rawValue ?? 4
        let above = forms[interval]?.rawValue ?? 4
        let context = ((memory.isCounter ? 5 : 0) + before) * 5 + above
        let coded = Form(
            rawValue: model.codeTree(form.rawValue, width: 2, Layout.form + 4 * context)
        )
        memory.form = coded
        forms[interval] = coded
        return coded ?? .odd
    }

    /// To be called after each row.
    mutating func endRow(_ last: UInt64, memory: inout Memory) {
        if !memory.hasRow { previousFirst = last }
        memory.lastBits = last
        memory.hasRow = true
    }

    // MARK: - Numbers

    /// A number in the class of the one before it in its field; returns it and its own class.
    mutating func codeClassed(
        _ value: UInt64,
        _ field: Int,
        _ class: inout Int
    ) -> UInt64 {
        let coded = codeInClass(value, field, `class`, classes: Layout.classes)
        `class` = min(64 - coded.leadingZeroBitCount, Layout.classes - 2)
        return coded
    }

    mutating func codeSignedClassed(
        _ value: Int64,
        _ field: Int,
        _ class: inout Int
    ) -> Int64 {
        let folded = codeClassed(UInt64(bitPattern: value << 1 ^ value >> 63), field, &`class`)
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    mutating func codeInClass(
        _ value: UInt64,
        _ field: Int,
        _ class: Int,
        classes: Int
    ) -> UInt64 {
        let length = model.codeTree(
            64 - value.leadingZeroBitCount,
            width: 7,
            field + 128 * `class`
        )
        guard length > 0 else { return 0 }
        return model.codeBelow(value, length: min(length, 64), field + 128 * classes)
    }
}

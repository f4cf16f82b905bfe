/// Codes one group's columns, one after the other, in either direction.
///
/// `numbers` and `bits` are what the encoder puts in and what the decoder gets out.
struct ColumnCoder<Direction: BitCoder>: ~Copyable {
    var model: ModelCoder<Direction>
    var neighbours = Neighbours(rowCount: 0)

    init(model: consuming ModelCoder<Direction>) {
        self.model = model
    }

    mutating func beginGroup(rowCount: Int) {
        neighbours = Neighbours(rowCount: rowCount)
    }

    /// Codes what is not a sample. `isKnown`: the predecessor knew this series.
    mutating func codePlan(_ plan: inout ColumnPlan, state: SeriesState, isKnown: Bool) {
        typealias Layout = ModelLayout
        if isKnown {
            let context = Int(state.activity & 15) << 2 | neighbours.previousUnchanged
            plan.isUnchanged = model.code(plan.isUnchanged, Layout.unchanged + context)
            neighbours.previousUnchanged =
                neighbours.previousUnchanged << 1 & 3 | (plan.isUnchanged ? 1 : 0)
            if plan.isUnchanged { return }
        } else {
            plan.isConstant = model.code(
                plan.isConstant,
                Layout.constant + neighbours.previousConstant
            )
            neighbours.previousConstant =
                neighbours.previousConstant << 1 & 7 | (plan.isConstant ? 1 : 0)
        }
        plan.hasExceptions = model.code(
            plan.hasExceptions,
            Layout.exceptionFlag + (state.hadExceptions ? 1 : 0)
        )
        codeScale(&plan, state: state, isKnown: isKnown)
        guard !plan.isConstant else { return }
        codePredictor(&plan, state: state, isKnown: isKnown)
    }

    private mutating func codeScale(_ plan: inout ColumnPlan, state: SeriesState, isKnown: Bool) {
        typealias Layout = ModelLayout
        let likely = isKnown ? state.scale : neighbours.previousScale
        let previousKind = Int(neighbours.previousScale.kind.rawValue)
        let flag = Layout.scaleFlag + (isKnown ? 8 : 0) + previousKind
        if model.code(plan.scale == likely, flag) {
            plan.scale = likely
        } else {
            let kind = model.codeTree(
                Int(plan.scale.kind.rawValue),
                width: 3,
                Layout.scaleKind + 8 * previousKind
            )
            // A number without a meaning is read as one that has; a checksum stands behind it.
            let actual = NumberScale.Kind(rawValue: UInt8(kind)) ?? .bits
            let context =
                Layout.scaleExponent
                + (actual == .binary ? 0 : ModelLayout.numberSize)
            let hasExponent = actual != .bits && actual != .dividedTwice
            let coded = !hasExponent ? 0 : model.codeSigned(Int64(plan.scale.exponent), context)
            let allowed: ClosedRange<Int> =
                switch actual {
                case .binary: NumberScale.binaryExponents
                case .divided, .multiplied, .corrected: NumberScale.decimalExponents
                case .dividedTwice: 6...6
                case .bits: 0...0
                }
            // What an encoder can't have said is read as the nearest that it can.
            let exponent = min(max(coded, Int64(allowed.lowerBound)), Int64(allowed.upperBound))
            plan.scale = NumberScale(kind: actual, exponent: Int16(exponent))
        }
        neighbours.previousScale = plan.scale
    }

    private mutating func codePredictor(
        _ plan: inout ColumnPlan,
        state: SeriesState,
        isKnown: Bool
    ) {
        typealias Layout = ModelLayout
        let history = isKnown && state.activity != 0 ? Int(state.predictor.rawValue) : 5
        let context = Layout.predictor + (history * 5 + neighbours.previousPredictor) * 8
        let coded = model.codeTree(Int(plan.predictor.rawValue), width: 3, context)
        plan.predictor = Predictor(rawValue: UInt8(coded)) ?? .hold
        neighbours.previousPredictor = Int(plan.predictor.rawValue)
        guard plan.predictor == .reference else { return }
        let count = neighbours.active.count
        let known = neighbours.recent(number: state.reference)
        if let known {
            let distance = count - known.place
            if model.code(plan.distance == distance, Layout.referenceFlag) {
                plan.distance = distance
                return
            }
        }
        let distance = model.codeNumber(UInt64(max(plan.distance - 1, 0)), Layout.referenceDistance)
        plan.distance = Int(min(distance, UInt64(Neighbours.reach - 1))) + 1
    }

    /// Codes the samples of a column that is not unchanged.
    ///
    /// `rows`: the row of each sample, or `nil` for all rows.
    mutating func codeValues(
        _ bits: UnsafeMutableBufferPointer<UInt64>,
        rows: UnsafeBufferPointer<UInt32>?,
        number: UInt32,
        plan: ColumnPlan,
        state: inout SeriesState
    ) {
        prepare(&state, for: plan)
        let converter = ScaleConverter(plan.scale)
        let reference: Neighbours.ActiveColumn? =
            plan.predictor == .reference && plan.distance <= neighbours.active.count
            ? neighbours.active[neighbours.active.count - plan.distance] : nil
        let isWhole = rows == nil
        if plan.isConstant {
            guard !bits.isEmpty else { return }
            _ = codeSample(
                &bits[0],
                change: 0,
                expected: nil,
                converter: converter,
                plan: plan,
                state: &state
            )
            bits.update(repeating: bits[0])
        } else {
            var changes = neighbours.takeChanges()
            var differences = neighbours.takeDifferences()
            let base = differences.count
            if isWhole { differences.append(contentsOf: repeatElement(0, count: bits.count)) }
            // What is worked on in a loop stands for itself: checks and owners are looked at once.
            var current = state
            changes.withUnsafeMutableBufferPointer { changes in
                differences.withUnsafeMutableBufferPointer { differences in
                    for index in bits.indices {
                        let row = rows.map { Int($0[index]) } ?? index
                        let expected = reference.map {
                            Neighbours.convert(
                                differences[$0.place * neighbours.rowCount + row],
                                from: $0.scale,
                                to: plan.scale
                            )
                        }
                        let difference = codeSample(
                            &bits[index],
                            change: Int(changes[row]),
                            expected: expected,
                            converter: converter,
                            plan: plan,
                            state: &current
                        )
                        if isWhole { differences[base + index] = difference }
                        changes[row] = difference == 0 ? 1 : 2
                    }
                }
            }
            state = current
            neighbours.put(changes: changes, differences: differences)
            if isWhole { neighbours.append(number: number, scale: plan.scale) }
        }
        state.lastBits = bits.last ?? state.lastBits
        if let reference { state.reference = reference.number }
        state.predictor = plan.predictor
        neighbours.previousLength = state.expectedLength
    }

    /// Codes one sample; `expected` is a reference's difference. Returns the sample's difference.
    @inline(__always)
    private mutating func codeSample(
        _ bits: inout UInt64,
        change: Int,
        expected: Int64?,
        converter: ScaleConverter,
        plan: ColumnPlan,
        state: inout SeriesState
    ) -> Int64 {
        if plan.hasExceptions, codeException(&bits, state: &state) { return 0 }
        let value = Direction.isEncoder ? converter.integer(of: Double(bitPattern: bits)) ?? 0 : 0
        var difference: Int64 = 0
        if state.hasNumber {
            let guess = state.integer &+ (expected ?? state.expectedDelta(plan.predictor))
            let residual = codeResidual(
                value &- guess,
                change: change,
                predictor: plan.predictor,
                state: &state
            )
            state.advance(to: guess &+ residual)
            difference = state.delta
        } else {
            state.begin(at: codeFirst(value, isWhole: plan.scale == .whole))
        }
        if converter.isCorrected {
            bits = codeCorrection(bits, converter: converter, state: &state)
        } else if !Direction.isEncoder {
            bits = converter.double(of: state.integer).bitPattern
        }
        return difference
    }

    /// On a `corrected` scale: codes what the number that `state` has reached lacks to the sample.
    private mutating func codeCorrection(
        _ bits: UInt64,
        converter: ScaleConverter,
        state: inout SeriesState
    ) -> UInt64 {
        let correction = converter.correction(
            of: Double(bitPattern: bits),
            integer: state.integer
        )
        state.correction =
            state.correction
            &+ model.codeSigned(
                correction &- state.correction,
                ModelLayout.correction
            )
        return converter.double(of: state.integer, correction: state.correction).bitPattern
    }

    /// Brings a series' memory to the column's scale.
    private func prepare(_ state: inout SeriesState, for plan: ColumnPlan) {
        state.hadExceptions = plan.hasExceptions
        guard state.scale != plan.scale else { return }
        if state.hasNumber {
            let converted = ScaleConverter(plan.scale).integer(
                of: ScaleConverter(state.scale).double(of: state.integer)
            )
            state.begin(at: converted ?? 0)
            state.hasNumber = converted != nil
        }
        state.delta = 0
        state.drift = 0
        state.differences = 0
        state.correction = 0
        state.expectedLength = 0
        state.scale = plan.scale
    }

    /// Returns whether the sample is an exception, and then has coded it.
    private mutating func codeException(_ bits: inout UInt64, state: inout SeriesState) -> Bool {
        typealias Layout = ModelLayout
        let context = Layout.exceptionFlag + 2 + (state.wasException ? 1 : 0)
        let isException = model.code(NumberScale.isException(bits), context)
        state.wasException = isException
        guard isException else { return false }
        let index = ExceptionalValue.common.firstIndex(of: bits) ?? ExceptionalValue.other
        let coded = model.codeTree(index, width: 3, Layout.exceptionClass)
        if coded < ExceptionalValue.common.count {
            bits = ExceptionalValue.common[coded]
        } else {
            bits = model.codeRaw(bits, count: 64)
        }
        return true
    }

    /// A number that no earlier one of its series predicts: as such, or as a difference to the
    /// first number of the column before.
    private mutating func codeFirst(_ value: Int64, isWhole: Bool) -> Int64 {
        typealias Layout = ModelLayout
        let previous = neighbours.previousFirst
        let previousClass = previous == 0 ? 0 : previous == 1 ? 1 : 2
        if model.code(value == previous, Layout.firstFlag + previousClass) {
            return previous
        }
        let relative = value &- previous
        let isRelative = model.code(
            relative.magnitude < value.magnitude >> 2,
            Layout.firstFlag + 4 + previousClass
        )
        let coded = isRelative ? relative : value
        let negative = model.code(coded < 0, Layout.firstSign + (isRelative ? 1 : 0))
        let absolute = Layout.firstAbsolute + (isWhole ? 0 : Layout.numberSize)
        let magnitude = model.codeNumber(
            coded.magnitude,
            isRelative ? Layout.firstRelative : absolute
        )
        let signed = Int64(bitPattern: negative ? 0 &- magnitude : magnitude)
        let result = isRelative ? previous &+ signed : signed
        neighbours.previousFirst = result
        return result
    }

    @inline(__always)
    private mutating func codeResidual(
        _ residual: Int64,
        change: Int,
        predictor: Predictor,
        state: inout SeriesState
    ) -> Int64 {
        typealias Layout = ModelLayout
        let predictorClass =
            switch predictor {
            case .hold, .mean: 0
            case .linear, .drift: 1
            case .reference: 2
            }
        let zeroContext = (predictorClass * 8 + Int(state.residuals & 7)) * 3 + change
        let isZero = model.code(residual == 0, Layout.zero + zeroContext)
        state.residuals = state.residuals << 1 | (isZero ? 0 : 1)
        if isZero { return 0 }
        let isNegative = model.code(
            residual < 0,
            Layout.sign + predictorClass * 8 + Int(state.signs)
        )
        let magnitude = residual.magnitude
        let length = codeLength(64 - magnitude.leadingZeroBitCount, state: state)
        let coded = model.codeBelow(magnitude, length: length, Layout.below)
        state.learn(length: length, isNegative: isNegative)
        return Int64(bitPattern: isNegative ? 0 &- coded : coded)
    }

    /// The length of a residual, 1...64: around what is expected of the series, or in a tree.
    @inline(__always)
    private mutating func codeLength(_ length: Int, state: SeriesState) -> Int {
        typealias Layout = ModelLayout
        guard state.expectedLength > 0 else {
            let group = min(Int(neighbours.previousLength) >> 6, 16)
            let coded = model.codeTree(length, width: 7, Layout.lengthTree + group * 128)
            return min(max(coded, 1), 64)
        }
        let expected = min(max(Int(state.expectedLength &+ 8) >> 4, 1), 64)
        let fraction = Int(state.expectedLength &+ 8) & 15
        let spread = state.spread < 12 ? 0 : state.spread < 24 ? 1 : state.spread < 48 ? 2 : 3
        let context = spread * 4 + fraction >> 2
        if model.code(length == expected, Layout.lengthEqual + context) { return expected }
        // The ends leave no choice.
        let isAbove =
            expected == 1
            || expected < 64 && model.code(length > expected, Layout.lengthAbove + context)
        let step = isAbove ? 1 : -1
        let end = isAbove ? 64 : 1
        let base = Layout.lengthMore + (spread * 2 + (isAbove ? 1 : 0)) * 64
        var result = expected + step
        var index = 0
        while result != end, model.code(length != result, base + index) {
            result += step
            index += 1
        }
        return result
    }
}

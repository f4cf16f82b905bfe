import FleetModel

extension RollupCoder {
    /// Codes one row's values; `values` is what the encoder puts in.
    mutating func codeValues(
        _ values: RollupValues?,
        form: Form,
        shape: Shape,
        lastAt: Int64,
        memory: inout Memory
    ) throws(SegmentError) -> RollupValues {
        switch form {
        case .unchanged:
            return Self.constant(memory.lastBits, shape, lastAt, memory.isCounter)
        case .constant:
            let converter = codeScale(&memory)
            let integer = codeNext(number(values?.last, converter), converter, &memory)
            let bits = codeBits(values?.last, integer, converter, &memory)
            return Self.constant(bits, shape, lastAt, memory.isCounter)
        case .plain:
            return memory.isCounter
                ? codeCounter(values, shape, lastAt, &memory)
                : try codeGauge(values, shape, lastAt, &memory)
        case .odd:
            return try codeOdd(values, shape, lastAt, memory.isCounter)
        }
    }

    private static func constant(
        _ bits: UInt64,
        _ shape: Shape,
        _ lastAt: Int64,
        _ isCounter: Bool
    ) -> RollupValues {
        let value = Double(bitPattern: bits)
        return RollupValues(
            count: shape.count,
            sum: value * Double(shape.count),
            min: value,
            max: value,
            last: value,
            lastAt: lastAt,
            counter: isCounter ? RollupValues.Counter(first: value) : nil
        )
    }

    private mutating func codeCounter(
        _ values: RollupValues?,
        _ shape: Shape,
        _ lastAt: Int64,
        _ memory: inout Memory
    ) -> RollupValues {
        let converter = codeScale(&memory)
        let wanted = number(values?.counter?.first, converter)
        var first = wanted
        if memory.hasRow, let known = Self.integer(memory.lastBits, converter) {
            let residual = codeSignedClassed(
                wanted &- known &- memory.step,
                Layout.step,
                &memory.stepClass
            )
            memory.step &+= residual
            first = known &+ memory.step
        } else {
            first = codeFirst(wanted, converter, memory)
        }
        let firstBits = codeBits(values?.counter?.first, first, converter, &memory)
        let grown = number(values?.last, converter) &- first
        memory.increase &+= codeSignedClassed(
            grown &- memory.increase,
            Layout.increase,
            &memory.increaseClass
        )
        let lastBits = codeBits(values?.last, first &+ memory.increase, converter, &memory)
        let (low, high) = (Double(bitPattern: firstBits), Double(bitPattern: lastBits))
        var result = RollupValues(
            count: shape.count,
            sum: 0,
            min: low,
            max: high,
            last: high,
            lastAt: lastAt,
            counter: RollupValues.Counter(first: low)
        )
        result.sum = result.impliedSum ?? 0
        return result
    }

    private mutating func codeGauge(
        _ values: RollupValues?,
        _ shape: Shape,
        _ lastAt: Int64,
        _ memory: inout Memory
    ) throws(SegmentError) -> RollupValues {
        let converter = codeScale(&memory)
        let last = codeNext(number(values?.last, converter), converter, &memory)
        let lastBits = codeBits(values?.last, last, converter, &memory)
        let below = codeClassed(
            UInt64(bitPattern: last &- number(values?.min, converter)),
            Layout.below,
            &memory.belowClass
        )
        let minimum = last &- Int64(bitPattern: below)
        let minimumBits = codeBits(values?.min, minimum, converter, &memory)
        let above = codeClassed(
            UInt64(bitPattern: number(values?.max, converter) &- last),
            Layout.above,
            &memory.aboveClass
        )
        let maximum = last &+ Int64(bitPattern: above)
        let maximumBits = codeBits(values?.max, maximum, converter, &memory)
        var result = RollupValues(
            count: shape.count,
            sum: 0,
            min: Double(bitPattern: minimumBits),
            max: Double(bitPattern: maximumBits),
            last: Double(bitPattern: lastBits),
            lastAt: lastAt
        )
        let range = below &+ above
        result.sum = codeSum(values?.sum, of: result, minimum, range, converter, &memory)
        result.sketch = try codeSketch(values?.sketch, of: result)
        return result
    }

    /// A sum lies about in the middle between the count's minima and maxima.
    private mutating func codeSum(
        _ sum: Double?,
        of values: RollupValues,
        _ minimum: Int64,
        _ range: UInt64,
        _ converter: ScaleConverter,
        _ memory: inout Memory
    ) -> Double {
        guard values.count > 2 else { return values.min + values.max }
        let kind = Int(memory.scale.kind.rawValue)
        let wanted = sum.flatMap { Self.integer($0.bitPattern, converter) }
        if memory.scale != .bits, model.code(wanted != nil, Layout.sumFlag + kind) {
            let count = Int64(bitPattern: values.count)
            let spread = UInt64(bitPattern: count) &* range
            let guess = minimum &* count &+ Int64(bitPattern: spread >> 1)
            let folded = (wanted ?? 0) &- guess
            let residual = codeInClass(
                UInt64(bitPattern: folded << 1 ^ folded >> 63),
                Layout.sum,
                (65 - spread.leadingZeroBitCount) / 2,
                classes: Layout.wideClasses
            )
            let integer =
                guess &+ (Int64(bitPattern: residual >> 1) ^ -Int64(bitPattern: residual & 1))
            return Double(bitPattern: codeBits(sum, integer, converter, &memory))
        }
        let guess = ScaleConverter.place(
            of: (values.min / 2 + values.max / 2) * Double(values.count)
        )
        let place = sum.map { ScaleConverter.place(of: $0) } ?? 0
        return ScaleConverter.double(
            at: guess &+ model.codeSigned(place &- guess, Layout.sumBits)
        )
    }

    private mutating func codeOdd(
        _ values: RollupValues?,
        _ shape: Shape,
        _ lastAt: Int64,
        _ isCounter: Bool
    ) throws(SegmentError) -> RollupValues {
        var result = RollupValues(
            count: shape.count,
            sum: codeDouble(values?.sum),
            min: codeDouble(values?.min),
            max: codeDouble(values?.max),
            last: codeDouble(values?.last),
            lastAt: lastAt
        )
        if isCounter {
            result.counter = RollupValues.Counter(
                first: codeDouble(values?.counter?.first),
                carried: codeDouble(values?.counter?.carried)
            )
        } else if !result.isConstant {
            result.sketch = try codeSketch(values?.sketch, of: result)
        }
        guard !result.min.isNaN, !result.max.isNaN, !result.last.isNaN else {
            throw SegmentError(.malformed, "NaN among a rollup's values")
        }
        return result
    }

    private mutating func codeDouble(_ value: Double?) -> Double {
        Double(bitPattern: model.codeRaw(value?.bitPattern ?? 0, count: 64))
    }

    // MARK: - Numbers on a scale

    /// The encoder's number; what a decoder gets here is not used.
    private func number(_ value: Double?, _ converter: ScaleConverter) -> Int64 {
        value.flatMap { converter.integer(of: $0) } ?? 0
    }

    static func integer(_ bits: UInt64, _ converter: ScaleConverter) -> Int64? {
        guard !NumberScale.isException(bits) else { return nil }
        return converter.integer(of: Double(bitPattern: bits))
    }

    /// A number that the series' last value predicts.
    private mutating func codeNext(
        _ integer: Int64,
        _ converter: ScaleConverter,
        _ memory: inout Memory
    ) -> Int64 {
        guard memory.hasRow, let known = Self.integer(memory.lastBits, converter) else {
            return codeFirst(integer, converter, memory)
        }
        return known
            &+ codeSignedClassed(integer &- known, Layout.last, &memory.lastClass)
    }

    /// A number that none of its own series predicts: as such, or by the series before.
    private mutating func codeFirst(
        _ integer: Int64,
        _ converter: ScaleConverter,
        _ memory: Memory
    ) -> Int64 {
        let reference = Self.integer(memory.lastBits, converter) ?? 0
        let relative = integer &- reference
        if model.code(relative.magnitude < integer.magnitude >> 2, Layout.relative) {
            return reference
                &+ model.codeSigned(relative, Layout.firstNumber + 2 * Layout.numberSize)
        }
        let isWhole = memory.scale == .whole
        return model.codeSigned(
            integer,
            Layout.firstNumber + (isWhole ? 0 : Layout.numberSize)
        )
    }

    /// The value's bits, once its number is known.
    private mutating func codeBits(
        _ value: Double?,
        _ integer: Int64,
        _ converter: ScaleConverter,
        _ memory: inout Memory
    ) -> UInt64 {
        guard converter.isCorrected else { return converter.double(of: integer).bitPattern }
        let correction = value.map { converter.correction(of: $0, integer: integer) } ?? 0
        memory.correction &+= model.codeSigned(
            correction &- memory.correction,
            Layout.correction
        )
        return converter.double(of: integer, correction: memory.correction).bitPattern
    }

    /// The series' scale, coded where it is needed for the first time.
    private mutating func codeScale(_ memory: inout Memory) -> ScaleConverter {
        guard !memory.isScaleCoded else { return ScaleConverter(memory.scale) }
        memory.isScaleCoded = true
        let before = Int(previousScale.kind.rawValue)
        if model.code(memory.scale == previousScale, Layout.scaleFlag + before) {
            memory.scale = previousScale
        } else {
            let coded = model.codeTree(
                Int(memory.scale.kind.rawValue),
                width: 3,
                Layout.scaleKind + 8 * before
            )
            let kind = NumberScale.Kind(rawValue: UInt8(coded)) ?? .bits
            var exponent = Int64(memory.scale.exponent)
            if kind != .bits, kind != .dividedTwice {
                let context = kind == .binary ? 0 : Layout.numberSize
                exponent = model.codeSigned(exponent, Layout.scaleExponent + context)
            }
            memory.scale = NumberScale(kind: kind, nearest: exponent)
        }
        previousScale = memory.scale
        return ScaleConverter(memory.scale)
    }
}

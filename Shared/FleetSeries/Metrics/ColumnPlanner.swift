/// The encoder's decisions on a column, by cost. A decoder needs none of this.
struct ColumnPlanner {
    private var integers: [Int64] = []

    /// `rows`: the row of each sample, or `nil` for all rows.
    mutating func plan(
        _ column: Slice<UnsafeBufferPointer<UInt64>>,
        isWhole: Bool,
        state: SeriesState,
        isKnown: Bool,
        neighbours: Neighbours
    ) -> ColumnPlan {
        var plan = ColumnPlan()
        let reference = isKnown ? state.lastBits : column.first ?? 0
        let isSame = column.allSatisfy { $0 == reference }
        if isKnown, isSame {
            plan.isUnchanged = true
            return plan
        }
        plan.isConstant = isSame
        let values = isSame ? column.prefix(1) : column
        plan.hasExceptions = values.contains(where: NumberScale.isException)
        // What was compared by its bits may have been a passing oddity: look again.
        plan.scale =
            isKnown && state.hasNumber && state.scale != .bits && state.scale.fits(values)
            ? state.scale : NumberScale.find(for: values)
        guard !plan.isConstant else { return plan }
        choosePredictor(
            &plan,
            values,
            isWhole: isWhole,
            state: state,
            isKnown: isKnown,
            neighbours: neighbours
        )
        return plan
    }

    private mutating func choosePredictor(
        _ plan: inout ColumnPlan,
        _ column: Slice<UnsafeBufferPointer<UInt64>>,
        isWhole: Bool,
        state: SeriesState,
        isKnown: Bool,
        neighbours: Neighbours
    ) {
        var state = state
        if state.scale != plan.scale {
            state.hasNumber = false
            state.drift = 0
            state.delta = 0
            state.differences = 0
        }
        let converter = ScaleConverter(plan.scale)
        var costs = (hold: 0, linear: 0, drift: 0, mean: 0)
        integers.removeAll(keepingCapacity: true)
        for bits in column {
            guard !NumberScale.isException(bits),
                let value = converter.integer(of: Double(bitPattern: bits))
            else {
                integers.append(0)
                continue
            }
            guard state.hasNumber else {
                state.begin(at: value)
                integers.append(0)
                continue
            }
            let difference = value &- state.integer
            integers.append(difference)
            costs.hold += Self.cost(difference)
            costs.linear += Self.cost(difference &- state.expectedDelta(.linear))
            costs.drift += Self.cost(difference &- state.expectedDelta(.drift))
            costs.mean += Self.cost(difference &- state.expectedDelta(.mean))
            state.advance(to: value)
        }
        let change = 4
        let known = isKnown && state.activity != 0 ? state.predictor : .hold
        plan.predictor = .hold
        var best = costs.hold + (known == .hold ? 0 : change)
        func tryPredictor(_ predictor: Predictor, _ cost: Int) {
            let total = cost + (known == predictor ? 0 : change)
            if total < best {
                best = total
                plan.predictor = predictor
            }
        }
        tryPredictor(.linear, costs.linear)
        tryPredictor(.drift, costs.drift)
        tryPredictor(.mean, costs.mean)
        guard isWhole else { return }
        let count = neighbours.active.count
        func tryReference(_ place: Int, extra: Int) {
            guard place >= 0 else { return }
            let candidate = neighbours.active[place]
            var cost = extra
            for row in integers.indices where cost < best {
                let expected = Neighbours.convert(
                    neighbours.difference(of: place, row: row),
                    from: candidate.scale,
                    to: plan.scale
                )
                cost += Self.cost(integers[row] &- expected)
            }
            if cost < best {
                best = cost
                plan.predictor = .reference
                plan.distance = count - place
            }
        }
        if let known = neighbours.recent(number: state.reference) {
            tryReference(known.place, extra: 0)
        }
        for back in 1...8 { tryReference(count - back, extra: 6 + back / 2) }
    }

    /// Roughly the bits that a residual takes.
    @inline(__always)
    private static func cost(_ residual: Int64) -> Int {
        residual == 0 ? 1 : 67 - residual.magnitude.leadingZeroBitCount
    }
}

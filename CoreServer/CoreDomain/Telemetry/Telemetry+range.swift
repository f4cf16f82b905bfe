import FleetModel

extension Telemetry {
    /// Series in one range query, and points in one answer: at 48 bytes each while they are summed
    /// up, 100 MB.
    package static let rangeSeriesLimit = 10_000
    package static let rangePointLimit = 2_000_000

    /// Values of a ship's series over time, from samples or rollups as `RangeRequest.resolution`
    /// says. Series without a value in the range are left out.
    package func range(of ship: Ship, _ request: RangeRequest) async throws -> RangeAnswer {
        let series = try await allSeries(
            of: ship,
            selectors: request.selectors,
            limit: Self.rangeSeriesLimit
        )
        if let step = request.servedStep {
            let steps = Int(request.range.length.milliseconds / step.milliseconds) + 1
            guard steps * series.count <= Self.rangePointLimit else {
                throw DomainError(
                    .invalid,
                    "\(series.count) series of \(steps) steps are more than "
                        + "\(Self.rangePointLimit) points: ask for fewer series or a longer 'step'"
                )
            }
        }
        let points =
            series.isEmpty ? [:] : try await points(of: ship, Set(series.map(\.id)), request)
        return RangeAnswer(
            resolution: request.resolution,
            step: request.servedStep,
            aggregation: request.aggregation,
            series: series.compactMap { series in
                points[series.id].map { RangeAnswer.Series(labels: series.labels, points: $0) }
            }.sorted { $0.labels.precedes($1.labels) }
        )
    }

    private func points(
        of ship: Ship,
        _ ids: Set<Int32>,
        _ request: RangeRequest
    ) async throws -> [Int32: [RawSample]] {
        guard let step = request.servedStep else {
            return try await rawPoints(of: ship, ids, request)
        }
        var sums: [Int32: [Int64: SeriesRollup]] = [:]
        func add(_ rollup: SeriesRollup, id: Int32, at moment: Timestamp) {
            let start = moment.floored(to: step).milliseconds
            if sums[id, default: [:]][start]?.merge(rollup) == nil { sums[id]?[start] = rollup }
        }
        if let resolution = request.resolution {
            try await eachRollup(
                of: ship.identity,
                resolution,
                range: request.range,
                only: ids,
                withSketches: false
            ) { start, block in
                for (id, rollup) in block.series { add(rollup, id: id, at: start) }
            }
        } else {
            try await store.eachDay(
                of: ship.identity,
                range: request.range,
                only: ids,
                budget: Self.rawSampleLimit
            ) { day in
                for (id, samples) in day.samples {
                    for sample in samples where !sample.value.isNaN {
                        add(
                            SeriesRollup(value: sample.value, at: sample.at),
                            id: id,
                            at: Timestamp(milliseconds: sample.at)
                        )
                    }
                }
            }
        }
        return sums.mapValues { steps in
            steps.sorted { $0.key < $1.key }.map {
                RawSample(at: $0.key, value: request.aggregation.value(of: $0.value))
            }
        }
    }

    /// Samples that one range query may sum up.
    private static let rawSampleLimit = 20_000_000

    private func rawPoints(
        of ship: Ship,
        _ ids: Set<Int32>,
        _ request: RangeRequest
    ) async throws -> [Int32: [RawSample]] {
        var points: [Int32: [RawSample]] = [:]
        try await store.eachDay(
            of: ship.identity,
            range: request.range,
            only: ids,
            budget: Self.rangePointLimit
        ) { day in
            for (id, samples) in day.samples { points[id, default: []] += samples }
        }
        return points.mapValues { $0.inOrder() }.filter { !$0.value.isEmpty }
    }
}

extension [RawSample] {
    /// Ascending in time; of several at one moment, the one stored last.
    func inOrder() -> [RawSample] {
        let isInOrder = zip(self, dropFirst()).allSatisfy { $0.at < $1.at }
        if isInOrder { return self }
        var kept: [RawSample] = []
        kept.reserveCapacity(count)
        // The sort is stable.
        for sample in sorted(by: { $0.at < $1.at }) {
            if kept.last?.at == sample.at {
                kept[kept.count - 1] = sample
            } else {
                kept.append(sample)
            }
        }
        return kept
    }
}

import CorePostgres
import FleetModel
import FleetSeries

/// Reads a ship's samples back.
package struct Telemetry: Sendable {
    /// A sample as it was taken aboard.
    package struct StoredSample: Sendable {
        /// The shore's id of its series.
        package let series: Int32
        package let at: Timestamp
        package let value: Double
    }

    /// Ranges up to this are read from raw samples, longer ones from rollups.
    package static let longestRawRange = Duration.seconds(2 * 3600)

    let pool: PostgresPool
    let store: SampleStore

    package init(pool: PostgresPool) {
        self.pool = pool
        store = SampleStore(pool: pool)
    }

    private struct Known: Sendable {
        let id: Int32
        let labels: LabelSet
    }

    /// Every series with one of these metric names, over the range, in steps of at least `step`:
    /// from raw samples for short ranges, else from the finest rollups that serve.
    package func histories(
        of identity: ShipIdentity,
        names: [String],
        range: TimeRange,
        step: Duration
    ) async throws -> [SeriesHistory] {
        let known = try await series(of: identity, names: names)
        guard !known.isEmpty else { return [] }
        var points: [Int32: [Int64: SeriesRollup]] = [:]
        func add(_ rollup: SeriesRollup, id: Int32, at moment: Timestamp) {
            let start = moment.floored(to: step).milliseconds
            if points[id, default: [:]][start]?.merge(rollup) == nil {
                points[id, default: [:]][start] = rollup
            }
        }
        if range.length <= Self.longestRawRange {
            let ids = Set(known.map(\.id))
            try await store.eachDay(of: identity, range: range, only: ids, budget: .max) { day in
                for (id, samples) in day.samples {
                    for sample in samples where !sample.value.isNaN {
                        let moment = Timestamp(milliseconds: sample.at)
                        add(SeriesRollup(value: sample.value, at: sample.at), id: id, at: moment)
                    }
                }
            }
        } else {
            let wanted = Set(known.map(\.id))
            let resolution = Self.resolution(for: step)
            try await eachRollup(
                of: identity,
                resolution,
                range: range,
                only: wanted,
                withSketches: false
            ) { start, block in
                for (id, rollup) in block.series { add(rollup, id: id, at: start) }
            }
        }
        return known.map { series in
            let found = (points[series.id] ?? [:]).sorted { $0.key < $1.key }
            return SeriesHistory(
                labels: series.labels,
                points: found.map {
                    SeriesPoint(at: Timestamp(milliseconds: $0.key), rollup: $0.value)
                }
            )
        }
    }

    private static func resolution(for step: Duration) -> RollupResolution {
        if step >= RollupResolution.day.length { return .day }
        return step >= RollupResolution.hour.length ? .hour : .fiveMinutes
    }

    private func series(of identity: ShipIdentity, names: [String]) async throws -> [Known] {
        try await pool.transaction(tenant: identity.tenant, readOnly: true) { connection in
            try connection.execute(
                TelemetryQueries.seriesByName,
                .int64(identity.tenant.rawValue),
                .int64(identity.ship.rawValue),
                .textArray(names)
            ).map { row in
                Known(
                    id: try row.int32("series_id"),
                    labels: try LabelSet(json: try row.text("labels"))
                )
            }
        }
    }

    /// Every sample of a ship in the range, in no order: for exports and for proving that what was
    /// sent is what is here.
    package func eachSample(
        of identity: ShipIdentity,
        range: TimeRange,
        _ body: (StoredSample) throws -> Void
    ) async throws {
        try await store.eachDay(of: identity, range: range, only: nil, budget: .max) { day in
            for (series, samples) in day.samples {
                for sample in samples {
                    let at = Timestamp(milliseconds: sample.at)
                    try body(StoredSample(series: series, at: at, value: sample.value))
                }
            }
        }
    }

    /// Every rollup block of a resolution whose interval begins in the range, in order.
    ///
    /// - Parameters:
    ///   - ids: the series wanted, or all.
    ///   - withSketches: whether gauges' distributions are asked for; they may be there all the same.
    package func eachRollup(
        of identity: ShipIdentity,
        _ resolution: RollupResolution,
        range: TimeRange,
        only ids: Set<Int32>? = nil,
        withSketches: Bool = true,
        _ body: (Timestamp, RollupBlock) throws -> Void
    ) async throws {
        let request = RollupReader.Request(
            identity: identity,
            resolution: resolution,
            range: range,
            ids: ids,
            withSketches: withSketches && resolution.keepsSketches
        )
        var from = range.from.floored(to: resolution.length)
        while from < range.to {
            let start = from
            let end = request.end(from: from)
            let found = try await pool.transaction(
                tenant: identity.tenant,
                isolation: .repeatableRead,
                readOnly: true
            ) { connection in
                var reader = RollupReader(request, connection: connection)
                return try reader.read(from: start, to: end)
            }
            for (start, block) in found { try body(start, block) }
            from = end
        }
    }
}

import CorePostgres
import FleetModel
import FleetSeries

/// Reads a ship's samples back.
package struct Telemetry: Sendable {
    /// A sample as it was taken aboard.
    package struct StoredSample: Sendable {
        package let series: SeriesNumber
        package let epoch: LaneEpoch
        package let at: Timestamp
        package let value: Double
    }

    /// Ranges up to this are read from raw samples, longer ones from rollups.
    package static let longestRawRange = Duration.seconds(2 * 3600)

    /// Blocks, and rollup rows, read at a time: bounds the memory of one request.
    private static let page: Int32 = 64

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
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
            try await eachRaw(of: identity, ids: ids, range: range) { id, milliseconds, value in
                guard !value.isNaN else { return }
                let moment = Timestamp(milliseconds: milliseconds)
                add(SeriesRollup(value: value, at: milliseconds), id: id, at: moment)
            }
        } else {
            let wanted = Set(known.map(\.id))
            let resolution = Self.resolution(for: step)
            try await eachRollup(of: identity, resolution, range: range) { start, block in
                for id in wanted {
                    if let rollup = block.series[id] { add(rollup, id: id, at: start) }
                }
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

    private func eachRaw(
        of identity: ShipIdentity,
        ids: Set<Int32>,
        range: TimeRange,
        _ body: (Int32, Int64, Double) -> Void
    ) async throws {
        let wanted = ids.map(Int64.init)
        let rows = try await pool.transaction(tenant: identity.tenant, readOnly: true) {
            connection in
            try connection.execute(
                TelemetryQueries.numbersOfSeries,
                .int64(identity.tenant.rawValue),
                .int64(identity.ship.rawValue),
                .int64Array(wanted)
            ).map { row in
                (
                    epoch: try row.int64("epoch"),
                    number: SeriesNumber(UInt32(try row.int32("number"))),
                    id: try row.int32("series_id")
                )
            }
        }
        var numbers: [Int64: [SeriesNumber: Int32]] = [:]
        for row in rows { numbers[row.epoch, default: [:]][row.number] = row.id }
        try await eachBlock(of: identity, range: range) { epoch, bytes in
            guard let mapping = numbers[epoch] else { return }
            let segment = try MetricsSegmentDecoder.decode(bytes[...], only: Set(mapping.keys))
            for group in segment.groups {
                for column in group.columns {
                    guard let id = mapping[column.number] else { continue }
                    column.eachValue(times: group.timestamps) { milliseconds, value in
                        if milliseconds >= range.from.milliseconds,
                            milliseconds < range.to.milliseconds
                        {
                            body(id, milliseconds, value)
                        }
                    }
                }
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
        try await eachBlock(of: identity, range: range) { epoch, bytes in
            let segment = try MetricsSegmentDecoder.decode(bytes[...])
            for batch in segment.batches() where batch.at >= range.from && batch.at < range.to {
                for (number, value) in zip(batch.numbers, batch.values) {
                    try body(
                        StoredSample(
                            series: number,
                            epoch: LaneEpoch(UInt64(bitPattern: epoch)),
                            at: batch.at,
                            value: value
                        )
                    )
                }
            }
        }
    }

    private func eachBlock(
        of identity: ShipIdentity,
        range: TimeRange,
        _ body: (Int64, [UInt8]) throws -> Void
    ) async throws {
        struct Place: Sendable {
            var week = TableTime.clamped(.min)
            var first = Int64.min
            var epoch = Int64.min
            var sequence = Int64.min
            var part = Int32.min
        }
        struct Found: Sendable {
            let place: Place
            let bytes: [UInt8]
        }
        var place = Place()
        while true {
            let after = place
            let found = try await pool.transaction(tenant: identity.tenant, readOnly: true) {
                connection in
                try connection.execute(
                    TelemetryQueries.blocks,
                    .int64(identity.tenant.rawValue),
                    .int64(identity.ship.rawValue),
                    .timestamp(
                        TableTime.clamped((range.from - Limits.segmentSpan).milliseconds)
                    ),
                    .timestamp(range.to),
                    .int64(range.from.milliseconds),
                    .int64(range.to.milliseconds),
                    .timestamp(after.week),
                    .int64(after.first),
                    .int64(after.epoch),
                    .int64(after.sequence),
                    .int32(after.part),
                    .int32(Self.page)
                ).map { row in
                    Found(
                        place: Place(
                            week: try row.timestamp("week_at"),
                            first: try row.int64("first_at"),
                            epoch: try row.int64("epoch"),
                            sequence: try row.int64("sequence"),
                            part: try row.int32("part")
                        ),
                        bytes: try row.bytes("body")
                    )
                }
            }
            for block in found { try body(block.place.epoch, block.bytes) }
            guard let last = found.last, found.count == Int(Self.page) else { return }
            place = last.place
        }
    }

    /// Every rollup block of a resolution whose interval begins in the range.
    package func eachRollup(
        of identity: ShipIdentity,
        _ resolution: RollupResolution,
        range: TimeRange,
        _ body: (Timestamp, RollupBlock) throws -> Void
    ) async throws {
        struct Found: Sendable {
            let start: Timestamp
            let bytes: [UInt8]
        }
        var from = range.from.floored(to: resolution.length)
        while true {
            let start = from
            let found = try await pool.transaction(tenant: identity.tenant, readOnly: true) {
                connection in
                try connection.execute(
                    TelemetryQueries.rollups,
                    .int64(identity.tenant.rawValue),
                    .int64(identity.ship.rawValue),
                    .int32(resolution.rawValue),
                    .timestamp(start),
                    .timestamp(range.to),
                    .int32(Self.page)
                ).map { row in
                    Found(start: try row.timestamp("interval_at"), bytes: try row.bytes("body"))
                }
            }
            for row in found {
                try body(row.start, RollupBlock(decoding: row.bytes, start: row.start))
            }
            guard let last = found.last, found.count == Int(Self.page) else { return }
            from = last.start + .milliseconds(1)
        }
    }
}

extension SeriesColumn {
    /// Calls `body` with the time and the value of every sample.
    fileprivate func eachValue(times: [Int64], _ body: (Int64, Double) -> Void) {
        switch rows {
        case .all:
            for (time, value) in zip(times, values) { body(time, value) }
        case .some(let indices):
            for (index, value) in zip(indices, values) { body(times[index], value) }
        }
    }
}

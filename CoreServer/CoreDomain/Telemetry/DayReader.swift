import CorePostgres
import FleetModel
import FleetSeries

/// Reads one day of a ship's storage within a transaction.
struct DayReader {
    let identity: ShipIdentity
    let range: TimeRange
    let ids: Set<Int32>?
    let budget: Int
    let connection: PostgresConnection

    /// The shore's ids behind the ship's numbers, by epoch.
    private var numbers: [Int64: [SeriesNumber: Int32]] = [:]
    private var day: SampleStore.Day

    init(
        identity: ShipIdentity,
        range: TimeRange,
        ids: Set<Int32>?,
        budget: Int,
        connection: PostgresConnection
    ) {
        self.identity = identity
        self.range = range
        self.ids = ids
        self.budget = budget
        self.connection = connection
        day = SampleStore.Day(at: range.from)
    }

    private var tenant: PostgresValue { .int64(identity.tenant.rawValue) }
    private var ship: PostgresValue { .int64(identity.ship.rawValue) }

    /// The first day from `place` on that has anything, or `nil` behind the range.
    mutating func read(from place: Timestamp) throws -> SampleStore.Day? {
        let found = try connection.execute(
            TelemetryQueries.nextDay,
            tenant,
            ship,
            .timestamp(place),
            .timestamp(range.to)
        ).first?.optionalTimestamp("found_at")
        guard let found else { return nil }
        day = SampleStore.Day(at: found.floored(to: SampleStore.dayLength))
        try readChunks()
        try readBlocks()
        return day
    }

    private mutating func readChunks() throws {
        let lowest = ids?.min() ?? .min
        let highest = ids?.max() ?? .max
        var after = (series: Int32.min, generation: Int32.min, part: Int32.min)
        while true {
            let rows = try connection.execute(
                TelemetryQueries.chunks,
                tenant,
                ship,
                .timestamp(day.at),
                .int64(range.from.milliseconds),
                .int64(range.to.milliseconds),
                .int32(lowest),
                .int32(highest),
                .int32(after.series),
                .int32(after.generation),
                .int32(after.part),
                .int32(SampleStore.page)
            )
            var count = 0
            for row in rows {
                count += 1
                after = (
                    try row.int32("first_series"), try row.int32("generation"),
                    try row.int32("part")
                )
                let series = after.series...max(after.series, try row.int32("last_series"))
                if let ids, !ids.contains(where: series.contains) { continue }
                try SampleChunk.eachGroup(try row.bytes("body")) { group in
                    try add(group) { Int32(bitPattern: $0.rawValue) }
                }
            }
            guard count == Int(SampleStore.page) else { return }
        }
    }

    private mutating func readBlocks() throws {
        var after = BlockPlace()
        while true {
            let rows = try connection.execute(
                TelemetryQueries.blocks,
                tenant,
                ship,
                .timestamp(day.at),
                .timestamp(day.at + SampleStore.dayLength - .milliseconds(1)),
                .int64(range.from.milliseconds),
                .int64(range.to.milliseconds),
                .timestamp(after.week),
                .int64(after.first),
                .int64(after.epoch),
                .int64(after.sequence),
                .int32(after.part),
                .int32(SampleStore.page)
            )
            var count = 0
            for row in rows {
                count += 1
                after = try BlockPlace(row)
                let known = try numbers(of: after.epoch)
                if ids != nil, known.isEmpty { continue }
                let body = try row.bytes("body")
                let segment =
                    ids == nil
                    ? try MetricsSegmentDecoder.decode(body[...])
                    : try MetricsSegmentDecoder.decode(body[...], only: Set(known.keys))
                for group in segment.groups { try add(group) { known[$0] } }
            }
            guard count == Int(SampleStore.page) else { return }
        }
    }

    private mutating func numbers(of epoch: Int64) throws -> [SeriesNumber: Int32] {
        if let known = numbers[epoch] { return known }
        let rows =
            if let ids {
                try connection.execute(
                    TelemetryQueries.numbersOfSeries,
                    tenant,
                    ship,
                    .int64(epoch),
                    .int32Array(ids.sorted())
                )
            } else {
                try connection.execute(
                    TelemetryQueries.numbersOfEpoch,
                    tenant,
                    ship,
                    .int64(epoch)
                )
            }
        var known: [SeriesNumber: Int32] = [:]
        for row in rows {
            let number = SeriesNumber(UInt32(bitPattern: try row.int32("number")))
            known[number] = try row.int32("series_id")
        }
        numbers[epoch] = known
        return known
    }

    /// - Parameter identify: the shore's id, or `nil` for a series that is not wanted.
    private mutating func add(
        _ group: SampleGroup,
        identify: (SeriesNumber) -> Int32?
    ) throws {
        for column in group.columns {
            guard let id = identify(column.number), ids?.contains(id) ?? true else { continue }
            var found = day.samples.removeValue(forKey: id) ?? []
            column.eachValue(times: group.timestamps) { at, value in
                if at >= range.from.milliseconds, at < range.to.milliseconds {
                    found.append(RawSample(at: at, value: value))
                    day.count += 1
                }
            }
            day.samples[id] = found
            guard day.count <= budget else {
                throw DomainError(
                    .invalid,
                    "these are too many samples for one answer: ask for fewer series or a shorter "
                        + "time, or for a step that rollups serve"
                )
            }
        }
    }
}

extension SeriesColumn {
    /// Calls `body` with the time and the value of every sample.
    func eachValue(times: [Int64], _ body: (Int64, Double) -> Void) {
        switch rows {
        case .all:
            for (time, value) in zip(times, values) { body(time, value) }
        case .some(let indices):
            for (index, value) in zip(indices, values) { body(times[index], value) }
        }
    }
}

import CorePostgres
import FleetModel
import FleetSeries

/// One ship's rollups within one transaction.
struct RollupDesk {
    let desk: LaneDesk
    let catalogue: SeriesCatalogue

    private var tenant: PostgresValue { .int64(desk.identity.tenant.rawValue) }
    private var ship: PostgresValue { .int64(desk.identity.ship.rawValue) }

    /// Adds to one interval what came as samples, and what came in their place.
    func merge(_ interval: RollupInterval, raw: RollupBlock?, thinned: RollupBlock?) throws {
        let stored = try desk.connection.execute(
            IngestQueries.rollupBodies,
            tenant,
            ship,
            .int32(interval.resolution.rawValue),
            .timestamp(interval.start)
        ).first
        // What is stored comes first, so that equal times keep the later arrival as last.
        var body = RollupBlock()
        if let stored {
            body = try RollupBlock(decoding: stored.bytes("body"), start: interval.start)
        }
        if let raw { body.merge(raw) }
        var rest = try stored?.optionalBytes("thinned")
        if let thinned {
            var merged = RollupBlock()
            if let rest { merged = try RollupBlock(decoding: rest, start: interval.start) }
            merged.merge(thinned)
            rest = try merged.encoded(
                start: interval.start,
                keepsSketches: interval.resolution.keepsSketches
            )
        }
        var distinct = try stored?.optionalBytes("distinct_series")
        if interval.resolution != .fiveMinutes {
            distinct = try counted(distinct, raw: raw, thinned: thinned)
        }
        _ = try desk.connection.execute(
            IngestQueries.putRollup,
            tenant,
            ship,
            .int32(interval.resolution.rawValue),
            .timestamp(interval.start),
            .int64(body.sampleCount),
            .bytes(
                try body.encoded(
                    start: interval.start,
                    keepsSketches: interval.resolution.keepsSketches
                )
            ),
            rest.map { .bytes($0) } ?? .null,
            distinct.map { .bytes($0) } ?? .null
        )
    }

    private func counted(
        _ stored: [UInt8]?,
        raw: RollupBlock?,
        thinned: RollupBlock?
    ) throws -> [UInt8] {
        var sketch = HyperLogLog()
        if let stored {
            var reader = ByteReader(stored)
            sketch = try HyperLogLog(from: &reader)
        }
        for block in [raw, thinned] {
            for id in (block?.series ?? [:]).keys {
                if let hash = catalogue.hash(of: id) { sketch.insert(hash: hash) }
            }
        }
        var writer = ByteWriter()
        sketch.write(to: &writer)
        return writer.bytes
    }

    // MARK: - Recalls

    private struct Recall {
        let epoch: Int64
        let sequence: Int64
        let range: Range<Int64>
        let series: ClosedRange<Int32>?

        /// Rows lie where their last sample does: an interval may hold what two ranges were thinned to.
        func covers(_ row: RollupRow, epoch: Int64, sequence: Int64) -> Bool {
            guard case .values(let values) = row.content else { return false }
            return epoch == self.epoch && sequence < self.sequence && range.contains(values.lastAt)
                && (series?.contains(Int32(row.series.rawValue)) ?? true)
        }
    }

    /// Days that one recall may have made again: what a ship holds is weeks old at the most.
    private static let recallDays: Int32 = 400

    /// Makes anew what came in the place of samples in these days: some of those samples came back.
    func rebuild(from: Timestamp, to: Timestamp) throws {
        let days = try desk.connection.execute(
            SummaryQueries.thinnedDays,
            tenant,
            ship,
            .timestamp(TableTime.clamped(from.milliseconds)),
            .timestamp(TableTime.clamped(to.milliseconds)),
            .int32(Self.recallDays)
        ).map { try $0.timestamp("interval_at") }
        for day in days { try rebuild(day: day) }
    }

    private func rebuild(day: Timestamp) throws {
        let end = day + RollupResolution.day.length
        let range = [PostgresValue.int64(day.milliseconds), .int64(end.milliseconds)]
        let recalls = try desk.connection.execute(
            SummaryQueries.recalls,
            values: [tenant, ship] + range
        ).map(Self.recall)
        var accumulator = ThinnedAccumulator()
        var ids: [Int64: [Int32]] = [:]
        for row in try desk.connection.execute(
            SummaryQueries.segments,
            values: [tenant, ship] + range
        ) {
            let (epoch, sequence) = (try row.int64("epoch"), try row.int64("sequence"))
            let numbers = try ids[epoch] ?? self.ids(of: epoch)
            ids[epoch] = numbers
            let segment = try RollupSegment.decode(try row.bytes("body")[...])
            accumulator.add(
                segment,
                isLeftOut: { row in
                    row.start < day || row.start >= end
                        || recalls.contains { $0.covers(row, epoch: epoch, sequence: sequence) }
                },
                identify: { number in
                    let place = Int(number.rawValue)
                    return place < numbers.count ? numbers[place] : nil
                }
            )
        }
        let stored = try desk.connection.execute(
            SummaryQueries.thinnedIntervals,
            tenant,
            ship,
            .timestamp(day),
            .timestamp(end)
        )
        for row in stored {
            let seconds = try row.int32("resolution_seconds")
            guard let resolution = RollupResolution(rawValue: seconds) else { continue }
            let start = try row.timestamp("interval_at")
            let interval = RollupInterval(resolution: resolution, start: start)
            let block = try accumulator.blocks[interval]?.encoded(
                start: start,
                keepsSketches: resolution.keepsSketches
            )
            _ = try desk.connection.execute(
                SummaryQueries.putThinned,
                tenant,
                ship,
                .int32(seconds),
                .timestamp(start),
                block.map { .bytes($0) } ?? .null
            )
        }
    }

    /// The shore's ids by the numbers of an epoch.
    private func ids(of epoch: Int64) throws -> [Int32] {
        if epoch == desk.epoch.tableValue { return catalogue.ids }
        return try desk.connection.execute(IngestQueries.seriesNumbers, tenant, ship, .int64(epoch))
            .map { try $0.int32("series_id") }
    }

    private static func recall(_ row: PostgresRow) throws -> Recall {
        let from = try row.int64("from_at")
        var series: ClosedRange<Int32>?
        if let first = try row.optionalInt32("first_series"),
            let last = try row.optionalInt32("last_series"), first <= last
        {
            series = first...last
        }
        return Recall(
            epoch: try row.int64("epoch"),
            sequence: try row.int64("sequence"),
            range: from..<max(from, try row.int64("to_at")),
            series: series
        )
    }
}

import CorePostgres
import FleetModel
import FleetSeries

/// Distributions over a tenant's fleet, from the sketches in its rollups.
package struct Distributions: Sendable {
    /// How many different series sent something.
    package struct Cardinality: Sendable {
        fileprivate var sketch = HyperLogLog()
        /// Rollups that were looked at.
        package fileprivate(set) var intervals = 0

        package var estimate: Double { sketch.estimate }
        /// Few are counted exactly; else the standard error is `HyperLogLog.standardError`.
        package var isExact: Bool { sketch.isSparse }
    }

    /// What every quantile's relative error stays below.
    package static var relativeError: Double { DDSketch.relativeError }
    /// Of a count that is not exact.
    package static var standardError: Double { HyperLogLog.standardError }

    private let pool: PostgresPool
    private let ships: Ships
    private let telemetry: Telemetry

    package init(pool: PostgresPool, ships: Ships, telemetry: Telemetry) {
        self.pool = pool
        self.ships = ships
        self.telemetry = telemetry
    }

    /// Series of one ship that one request may look at.
    private static let seriesLimit = 10_000

    fileprivate struct Sum {
        var count: Int64 = 0
        var sketch = DDSketch()
        var lowest = Double.infinity
        var highest = -Double.infinity
    }

    /// Quantiles of all values of all series that are meant, of all ships of a tenant.
    package func quantiles(
        tenant: TenantID,
        visible: ShipVisibility,
        _ request: QuantileRequest
    ) async throws -> QuantileAnswer {
        var sums: [Int64: Sum] = [:]
        var seriesCount = 0
        var shipCount = 0
        let origin = request.range.from.milliseconds
        let step = request.step.milliseconds
        for ship in try await ships.list(tenant: tenant, visible: visible) {
            let series = try await telemetry.allSeries(
                of: ship,
                selectors: [request.selector],
                limit: Self.seriesLimit
            )
            guard !series.isEmpty else { continue }
            seriesCount += series.count
            shipCount += 1
            try await telemetry.eachRollup(
                of: ship.identity,
                request.resolution,
                range: request.range,
                only: Set(series.map(\.id))
            ) { start, block in
                let place = (start.milliseconds - origin) / step
                for rollup in block.series.values { sums[place, default: Sum()].add(rollup) }
            }
        }
        return QuantileAnswer(
            resolution: request.resolution,
            quantiles: request.quantiles,
            seriesCount: seriesCount,
            shipCount: shipCount,
            steps: sums.sorted { $0.key < $1.key }.map { place, sum in
                QuantileAnswer.Step(
                    at: Timestamp(milliseconds: origin + place * step),
                    count: sum.count,
                    covered: sum.sketch.count,
                    values: request.quantiles.compactMap { q in
                        guard let value = sum.sketch.quantile(q) else { return nil }
                        // The ends are known exactly.
                        if q == 0 { return sum.lowest }
                        if q == 1 { return sum.highest }
                        return min(max(value, sum.lowest), sum.highest)
                    },
                    isCollapsed: sum.sketch.isCollapsed
                )
            }
        )
    }

    /// How many different series any ship of the tenant sent in the range, widened to whole hours.
    /// A series is the same on two ships where all its own labels are.
    package func cardinality(
        tenant: TenantID,
        visible: ShipVisibility,
        range: TimeRange
    ) async throws -> Cardinality {
        let seen = Set(try await ships.list(tenant: tenant, visible: visible).map(\.identity.ship))
        let hour = RollupResolution.hour
        let from = range.from.floored(to: hour.length)
        let to = (range.to - .milliseconds(1)).floored(to: hour.length) + hour.length
        let day = RollupResolution.day.length
        let firstDay = (from + day - .milliseconds(1)).floored(to: day)
        let lastDay = to.floored(to: day)
        var counted = Cardinality()
        if firstDay < lastDay {
            try await add(to: &counted, seen, tenant, hour, from, firstDay)
            try await add(to: &counted, seen, tenant, .day, firstDay, lastDay)
            try await add(to: &counted, seen, tenant, hour, lastDay, to)
        } else {
            try await add(to: &counted, seen, tenant, hour, from, to)
        }
        return counted
    }

    /// Rows read at a time: 3 kB each.
    private static let page: Int32 = 500

    private func add(
        to counted: inout Cardinality,
        _ seen: Set<ShipID>,
        _ tenant: TenantID,
        _ resolution: RollupResolution,
        _ from: Timestamp,
        _ to: Timestamp
    ) async throws {
        guard from < to else { return }
        var place: (ship: Int64, at: Timestamp) = (-1, from)
        while true {
            let start = place
            let rows = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
                try connection.execute(
                    DistributionQueries.distinct,
                    .int64(tenant.rawValue),
                    .int32(resolution.rawValue),
                    .timestamp(from),
                    .timestamp(to),
                    .int64(start.ship),
                    .timestamp(start.at),
                    .int32(Self.page)
                ).map { row in
                    (
                        ship: try row.int64("ship_id"), at: try row.timestamp("interval_at"),
                        bytes: try row.optionalBytes("distinct_series")
                    )
                }
            }
            for row in rows where seen.contains(ShipID(row.ship)) {
                guard let bytes = row.bytes else { continue }
                var reader = ByteReader(bytes)
                counted.sketch.merge(try HyperLogLog(from: &reader))
                counted.intervals += 1
            }
            guard let last = rows.last, rows.count == Int(Self.page) else { return }
            place = (last.ship, last.at)
        }
    }
}

extension Distributions.Sum {
    fileprivate mutating func add(_ rollup: SeriesRollup) {
        count += rollup.count
        guard let distribution = rollup.distribution else { return }
        sketch.merge(distribution)
        lowest = min(lowest, rollup.min)
        highest = max(highest, rollup.max)
    }
}

import CorePostgres
import FleetModel

/// Ships' accounts, read back.
package struct Ledgers: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Declarations on one page.
    package static let longestPage = 1000

    /// - Parameters:
    ///   - range: the days, and the declarations that concern this time.
    ///   - place: behind which declarations begin.
    package func ledger(
        of ship: Ship,
        range: TimeRange,
        after place: ShipLedger.Place? = nil,
        limit: Int
    ) async throws -> ShipLedger {
        let key: [PostgresValue] = [
            .int64(ship.identity.tenant.rawValue), .int64(ship.identity.ship.rawValue),
        ]
        let days = [range.from, range.to - .milliseconds(1)].map {
            PostgresValue.int32(DayAccount.day(of: $0))
        }
        let after = place ?? .start
        let times: [PostgresValue] = [
            .int64(range.from.milliseconds), .int64(range.to.milliseconds), .int64(after.epoch),
            .int64(after.sequence), .int32(after.ordinal), .int32(Int32(limit + 1)),
        ]
        let tenant = ship.identity.tenant
        let found = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            (
                lanes: try Self.lanes(connection.execute(LedgerQueries.lanes, values: key)),
                days: try connection.execute(LedgerQueries.days, values: key + days)
                    .compactMap(Self.day),
                declarations: try connection.execute(
                    LedgerQueries.declarations,
                    values: key + times
                ).compactMap(Self.declared),
                differences: try connection.execute(LedgerQueries.differences, values: key)
                    .compactMap(Self.difference)
            )
        }
        let page = Array(found.declarations.prefix(limit))
        return ShipLedger(
            lanes: found.lanes,
            days: found.days,
            declarations: page,
            next: found.declarations.count > limit ? page.last?.place : nil,
            differences: found.differences
        )
    }

    private static func lane(_ row: PostgresRow) throws -> Lane? {
        Lane(rawValue: UInt8(clamping: try row.int32("lane")))
    }

    private static func lanes(_ rows: [PostgresRow]) throws -> [ShipLedger.LaneAccount] {
        var accounts: [Lane: ShipLedger.LaneAccount] = [:]
        for row in rows {
            guard let lane = try lane(row) else { continue }
            func count(_ column: String) throws -> UInt64 {
                UInt64(clamping: try row.int64(column))
            }
            let before = accounts[lane]
            let told = LedgerTotals(
                produced: try count("produced"),
                stored: try count("stored"),
                pending: try count("pending"),
                degraded: try count("degraded"),
                lost: try count("lost")
            )
            let toldAt = try row.timestamp("told_at")
            accounts[lane] = ShipLedger.LaneAccount(
                lane: lane,
                told: before.map { $0.told.adding(told) } ?? told,
                storedAshore: try count("stored_ashore") + (before?.storedAshore ?? 0),
                quarantined: try count("quarantined") + (before?.quarantined ?? 0),
                refused: try count("refused") + (before?.refused ?? 0),
                toldAt: max(before?.toldAt ?? toldAt, toldAt)
            )
        }
        return accounts.values.sorted { $0.lane.priority < $1.lane.priority }
    }

    private static func day(_ row: PostgresRow) throws -> ShipLedger.Day? {
        guard let lane = try lane(row) else { return nil }
        return ShipLedger.Day(
            day: TableTime.clamped(Int64(try row.int32("day")) * 86_400_000),
            lane: lane,
            produced: UInt64(clamping: try row.int64("produced")),
            stored: UInt64(clamping: try row.int64("stored")),
            degraded: UInt64(clamping: try row.int64("degraded")),
            lost: UInt64(clamping: try row.int64("lost")),
            toldAt: try row.optionalTimestamp("told_at")
        )
    }

    private static func declared(_ row: PostgresRow) throws -> ShipLedger.Declared? {
        guard let lane = try lane(row),
            let was = Rung(rawValue: UInt8(clamping: try row.int32("was")))
        else { return nil }
        var series: ClosedRange<SeriesNumber>?
        if let first = try row.optionalInt32("first_series"),
            let last = try row.optionalInt32("last_series"), first >= 0, first <= last
        {
            series = SeriesNumber(UInt32(first))...SeriesNumber(UInt32(last))
        }
        let declaration = Declaration(
            lane: lane,
            from: Timestamp(milliseconds: try row.int64("from_at")),
            to: Timestamp(milliseconds: try row.int64("to_at")),
            series: series,
            was: was,
            rung: try row.optionalInt32("rung").flatMap { Rung(rawValue: UInt8(clamping: $0)) },
            samples: UInt64(clamping: try row.int64("sample_count")),
            reason: Declaration.Reason(
                word: try row.text("reason"),
                detail: try row.text("detail")
            ),
            at: Timestamp(milliseconds: try row.int64("decided_at"))
        )
        return ShipLedger.Declared(
            place: ShipLedger.Place(
                epoch: try row.int64("epoch"),
                sequence: try row.int64("sequence"),
                ordinal: try row.int32("ordinal")
            ),
            declaration: declaration,
            receivedAt: try row.timestamp("received_at")
        )
    }

    static func difference(_ row: PostgresRow) throws -> LedgerDifference? {
        guard let lane = try lane(row),
            let kind = LedgerDifference.Kind(rawValue: try row.text("kind"))
        else { return nil }
        return LedgerDifference(
            epoch: LaneEpoch(UInt64(bitPattern: try row.int64("epoch"))),
            lane: lane,
            kind: kind,
            records: UInt64(clamping: try row.int64("records")),
            foundAt: try row.timestamp("found_at"),
            resolvedAt: try row.optionalTimestamp("resolved_at")
        )
    }
}

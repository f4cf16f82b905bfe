import CorePostgres
import FleetModel
import FleetProtocol

/// Holds what a ship told against what is ashore, in the transaction that wrote it down.
struct LedgerAudit {
    let desk: LaneDesk
    let now: Timestamp

    private var tenant: PostgresValue { .int64(desk.identity.tenant.rawValue) }
    private var ship: PostgresValue { .int64(desk.identity.ship.rawValue) }
    private var epoch: PostgresValue { .int64(desk.epoch.tableValue) }

    private struct Place: Hashable {
        let lane: Lane
        let kind: LedgerDifference.Kind
    }

    /// - Parameter isExact: nothing of the ship's came between the account and this moment.
    /// - Returns: the kinds of differences that people were now told of.
    func judge(_ report: LedgerReport, isExact: Bool) throws -> [LedgerDifference.Kind] {
        var found: [Place: UInt64] = [:]
        let ashore = try column(LedgerQueries.ashore, "ashore")
        let declared = try column(LedgerQueries.declared, "degraded")
        let isSummaryComplete = report.totals[.summary]?.pending ?? 0 == 0
        for (lane, told) in report.totals {
            let facts = LedgerFacts(
                lane: lane,
                told: told,
                ashore: ashore[lane] ?? 0,
                declaredDegraded: declared[lane] ?? 0,
                isSummaryComplete: isSummaryComplete,
                isExact: isExact
            )
            for (kind, records) in LedgerMachine.differences(facts) {
                found[Place(lane: lane, kind: kind)] = records
            }
        }
        for (lane, records) in try column(LedgerQueries.overfullDays, "records") {
            found[Place(lane: lane, kind: .dayOverfull)] = records
        }
        return try note(found, isExact: isExact)
    }

    private struct Open {
        let foundAt: Timestamp
        let isRaised: Bool
    }

    private func note(_ found: [Place: UInt64], isExact: Bool) throws -> [LedgerDifference.Kind] {
        let open = try openDifferences()
        var raised: [LedgerDifference.Kind] = []
        for (place, records) in found {
            _ = try desk.connection.execute(
                LedgerQueries.putDifference,
                values: key(place) + [
                    .int64(Int64(min(records, LaneDesk.mostRecords))), .timestamp(now),
                ]
            )
            let since = open[place]?.foundAt ?? now
            guard open[place]?.isRaised != true,
                now - since >= LedgerMachine.patience(with: place.kind)
            else { continue }
            try raise(place, records)
            raised.append(place.kind)
        }
        // A surplus can't be seen but at the opening, so only there can it be seen to be gone.
        for place in open.keys
        where found[place] == nil && (isExact || place.kind != .surplusAshore) {
            _ = try desk.connection.execute(
                LedgerQueries.resolveDifference,
                values: key(place) + [.timestamp(now)]
            )
        }
        return raised
    }

    private func key(_ place: Place) -> [PostgresValue] {
        [
            tenant, ship, epoch, .int32(Int32(place.lane.rawValue)), .text(place.kind.rawValue),
        ]
    }

    private func openDifferences() throws -> [Place: Open] {
        var open: [Place: Open] = [:]
        for row in try desk.connection.execute(LedgerQueries.openDifferences, tenant, ship, epoch) {
            guard let lane = Lane(rawValue: UInt8(clamping: try row.int32("lane"))),
                let kind = LedgerDifference.Kind(rawValue: try row.text("kind"))
            else { continue }
            open[Place(lane: lane, kind: kind)] = Open(
                foundAt: try row.timestamp("found_at"),
                isRaised: try row.optionalTimestamp("raised_at") != nil
            )
        }
        return open
    }

    private func raise(_ place: Place, _ records: UInt64) throws {
        _ = try desk.connection.execute(
            LedgerQueries.markRaised,
            values: key(place) + [.timestamp(now)]
        )
        try desk.raise(
            .critical,
            "ledger_\(place.kind.rawValue)",
            LedgerDifference.sentence(place.kind, lane: place.lane, records: records),
            at: now
        )
    }

    private func column(_ statement: Statement, _ name: String) throws -> [Lane: UInt64] {
        var counts: [Lane: UInt64] = [:]
        for row in try desk.connection.execute(statement, tenant, ship, epoch) {
            guard let lane = Lane(rawValue: UInt8(clamping: try row.int32("lane"))) else {
                continue
            }
            counts[lane] = UInt64(clamping: try row.int64(name))
        }
        return counts
    }
}

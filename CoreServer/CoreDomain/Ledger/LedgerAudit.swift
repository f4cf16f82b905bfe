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
    /// - Returns: the kinds of differences that are new.
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

    private func note(
        _ found: [Place: UInt64],
        isExact: Bool
    ) throws -> [LedgerDifference.Kind] {
        let open = Set(
            try desk.connection.execute(LedgerQueries.openDifferences, tenant, ship, epoch)
                .compactMap { row -> Place? in
                    guard let lane = Lane(rawValue: UInt8(clamping: try row.int32("lane"))),
                        let kind = LedgerDifference.Kind(rawValue: try row.text("kind"))
                    else { return nil }
                    return Place(lane: lane, kind: kind)
                }
        )
        for (place, records) in found {
            _ = try desk.connection.execute(
                LedgerQueries.putDifference,
                tenant,
                ship,
                epoch,
                .int32(Int32(place.lane.rawValue)),
                .text(place.kind.rawValue),
                .int64(Int64(min(records, LaneDesk.mostRecords))),
                .timestamp(now)
            )
            guard !open.contains(place) else { continue }
            _ = try desk.connection.execute(
                LedgerQueries.raise,
                tenant,
                ship,
                epoch,
                .int64(now.milliseconds),
                .timestamp(now),
                .text("ledger_difference"),
                .text(
                    LedgerDifference.sentence(place.kind, lane: place.lane, records: records)
                )
            )
        }
        // A surplus can't be seen but at the opening, so only there can it be seen to be gone.
        for place in open where found[place] == nil && (isExact || place.kind != .surplusAshore) {
            _ = try desk.connection.execute(
                LedgerQueries.resolveDifference,
                tenant,
                ship,
                epoch,
                .int32(Int32(place.lane.rawValue)),
                .text(place.kind.rawValue),
                .timestamp(now)
            )
        }
        return found.keys.filter { !open.contains($0) }.map(\.kind)
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

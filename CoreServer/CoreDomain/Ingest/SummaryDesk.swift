import CorePostgres
import FleetModel
import FleetProtocol
import FleetSeries

/// What one ship tells of its own data, within one transaction.
struct SummaryDesk {
    let desk: LaneDesk
    let now: Timestamp

    private var tenant: PostgresValue { .int64(desk.identity.tenant.rawValue) }
    private var ship: PostgresValue { .int64(desk.identity.ship.rawValue) }
    private var epoch: PostgresValue { .int64(desk.epoch.tableValue) }

    func keep(_ records: SummarySegment, of segment: ReceiveSession.Segment) throws {
        try keep(records.declarations, sequence: segment.sequence)
        try keep(records.links, sequence: segment.sequence)
        for account in records.accounts {
            _ = try desk.connection.execute(
                SummaryQueries.account,
                tenant,
                ship,
                epoch,
                .int32(account.day),
                .int32(Int32(account.lane.rawValue)),
                Self.count(account.produced),
                Self.count(account.degraded),
                Self.count(account.lost),
                .timestamp(now)
            )
        }
    }

    func keep(_ rollups: RollupSegment, of segment: ReceiveSession.Segment) throws {
        _ = try desk.connection.execute(
            SummaryQueries.putSegment,
            tenant,
            ship,
            epoch,
            .int64(Int64(segment.sequence)),
            .int32(Int32(rollups.rung.rawValue)),
            .int64(rollups.first.milliseconds),
            .int64(rollups.last.milliseconds),
            .int32(Int32(rollups.rows.count)),
            .bytes(segment.bytes)
        )
    }

    func keep(_ days: DayCounts) throws {
        for (key, count) in days.counts.sorted(by: { $0.key.day < $1.key.day }) {
            _ = try desk.connection.execute(
                SummaryQueries.stored,
                tenant,
                ship,
                epoch,
                .int32(key.day),
                .int32(Int32(key.lane.rawValue)),
                .int64(count),
                .timestamp(now)
            )
        }
    }

    private func keep(_ declarations: [Declaration], sequence: UInt64) throws {
        guard !declarations.isEmpty else { return }
        _ = try desk.connection.copy(
            into: "hawser.declarations",
            columns: [
                "tenant_id", "ship_id", "epoch", "sequence", "ordinal", "lane", "from_at", "to_at",
                "first_series", "last_series", "was", "rung", "sample_count", "reason", "detail",
                "decided_at", "received_at",
            ]
        ) { writer in
            for (ordinal, declaration) in declarations.enumerated() {
                let series = declaration.series
                let (reason, detail) = declaration.reason.words
                try writer.row(values: [
                    tenant, ship, epoch, .int64(Int64(sequence)), .int32(Int32(ordinal)),
                    .int32(Int32(declaration.lane.rawValue)),
                    .int64(declaration.from.milliseconds), .int64(declaration.to.milliseconds),
                    series.map { .int32(Int32($0.lowerBound.rawValue)) } ?? .null,
                    series.map { .int32(Int32($0.upperBound.rawValue)) } ?? .null,
                    .int32(Int32(declaration.was.rawValue)),
                    declaration.rung.map { .int32(Int32($0.rawValue)) } ?? .null,
                    Self.count(declaration.samples), .text(reason),
                    .text(detail.filter { $0 != "\0" }), .int64(declaration.at.milliseconds),
                    .timestamp(now),
                ])
            }
        }
    }

    private func keep(_ links: [LinkReport], sequence: UInt64) throws {
        guard !links.isEmpty else { return }
        _ = try desk.connection.copy(
            into: "hawser.link_reports",
            columns: [
                "tenant_id", "ship_id", "epoch", "sequence", "ordinal", "from_at", "to_at",
                "link_class", "bytes_up", "bytes_down", "connected_ms", "cost_micros", "currency",
            ]
        ) { writer in
            for (ordinal, link) in links.enumerated() {
                try writer.row(values: [
                    tenant, ship, epoch, .int64(Int64(sequence)), .int32(Int32(ordinal)),
                    .int64(link.from.milliseconds), .int64(link.to.milliseconds),
                    .text(link.linkClass.filter { $0 != "\0" }), Self.count(link.bytesUp),
                    Self.count(link.bytesDown), .int64(link.connected.milliseconds),
                    Self.count(link.costMicros), .text(link.currency.filter { $0 != "\0" }),
                ])
            }
        }
    }

    /// No more than sums over ships and epochs can hold.
    private static func count(_ count: UInt64) -> PostgresValue {
        .int64(Int64(min(count, LaneDesk.mostRecords)))
    }
}

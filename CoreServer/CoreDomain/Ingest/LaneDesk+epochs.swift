import CorePostgres
import FleetModel
import FleetProtocol

/// One ship's epochs within one transaction.
extension LaneDesk {
    /// A clock further off than this is worth a word.
    private static let clockTolerance = Duration.seconds(60)

    /// Closes what this hello says is over, and what it leaves without a word.
    func closeEpochs(before hello: Hello, at now: Timestamp) throws {
        _ = try connection.execute(EpochQueries.reopen, tenant, ship, epochValue)
        if let closed = hello.closed, closed.epoch != epoch { try close(closed, at: now) }
        try closeAbandoned(at: now)
    }

    /// The ship began anew. What it had been told to be stored and is not here is gone: this shore
    /// was restored from a backup, and the ship held it no more.
    private func close(_ closed: ClosedEpoch, at now: Timestamp) throws {
        var gone: [String] = []
        var hasClosed = false
        var since: Timestamp?
        let stored = try stored(of: closed.epoch)
        for (lane, totals) in closed.ledger.totals.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        {
            let here = stored[lane]
            let ashore = UInt64(clamping: (here?.stored ?? 0) + (here?.quarantined ?? 0))
            let missing = totals.stored > ashore ? totals.stored - ashore : 0
            let wasOpen = try close(
                closed.epoch,
                lane,
                produced: totals.produced,
                lost: totals.lost.addingReportingOverflow(missing).partialValue,
                degraded: totals.degraded,
                at: now
            )
            hasClosed = hasClosed || wasOpen
            guard wasOpen, missing > 0 else { continue }
            gone.append("\(missing) records of \(lane)")
            since = [since, here?.movedAt].compactMap { $0 }.max()
        }
        // Every later hello says it again.
        guard hasClosed else { return }
        _ = try connection.execute(
            EpochQueries.closeDays,
            tenant,
            ship,
            .int64(closed.epoch.tableValue),
            .timestamp(now)
        )
        let lead = "ship and shore did not mean the same bytes any more, and began anew"
        try raise(
            gone.isEmpty ? .warning : .critical,
            "new_epoch",
            gone.isEmpty
                ? "\(lead); nothing is gone"
                : "\(lead); gone, though this shore had acknowledged it, is what arrived after "
                    + "\(since.map { "\($0)" } ?? "the ship's first contact"): "
                    + gone.joined(separator: ", "),
            at: now
        )
    }

    /// The ship speaks in an epoch that knows of no other: its store is a new one.
    private func closeAbandoned(at now: Timestamp) throws {
        let rows = try connection.execute(EpochQueries.open, tenant, ship, epochValue)
        guard !rows.isEmpty else { return }
        var lost: [String] = []
        for row in rows {
            let abandoned = LaneEpoch(UInt64(bitPattern: try row.int64("epoch")))
            guard let lane = Lane(rawValue: UInt8(truncatingIfNeeded: try row.int32("lane"))) else {
                continue
            }
            let here = try stored(of: abandoned)[lane]
            let produced = try row.int64("produced")
            let degraded = try row.int64("degraded")
            let ashore = (here?.stored ?? 0) + (here?.quarantined ?? 0)
            let missing = max(try row.int64("lost"), produced - degraded - ashore)
            _ = try close(
                abandoned,
                lane,
                produced: UInt64(clamping: produced),
                lost: UInt64(clamping: missing),
                degraded: UInt64(clamping: degraded),
                at: now
            )
            if missing > 0 { lost.append("\(missing) records of \(lane)") }
        }
        try raise(
            .warning,
            "new_store",
            "the ship came with a new store; of the old one "
                + (lost.isEmpty
                    ? "all that it had told of is here"
                    : "these never arrived: " + lost.joined(separator: ", ")),
            at: now
        )
    }

    private func stored(
        of epoch: LaneEpoch
    ) throws -> [Lane: (stored: Int64, quarantined: Int64, movedAt: Timestamp)] {
        let rows = try connection.execute(
            EpochQueries.stored,
            tenant,
            ship,
            .int64(epoch.tableValue)
        )
        var lanes: [Lane: (stored: Int64, quarantined: Int64, movedAt: Timestamp)] = [:]
        for row in rows {
            guard let lane = Lane(rawValue: UInt8(truncatingIfNeeded: try row.int32("lane"))) else {
                continue
            }
            lanes[lane] = (
                try row.int64("stored"), try row.int64("quarantined"),
                try row.timestamp("moved_at")
            )
        }
        return lanes
    }

    /// - Returns: whether it was open until now.
    private func close(
        _ epoch: LaneEpoch,
        _ lane: Lane,
        produced: UInt64,
        lost: UInt64,
        degraded: UInt64,
        at now: Timestamp
    ) throws -> Bool {
        try connection.execute(
            EpochQueries.close,
            tenant,
            ship,
            .int64(epoch.tableValue),
            .int32(Int32(lane.rawValue)),
            .int64(Int64(min(produced, Self.mostRecords))),
            .int64(Int64(min(lost, Self.mostRecords))),
            .timestamp(now),
            .int64(Int64(min(degraded, Self.mostRecords)))
        ).first != nil
    }

    /// Says something about the ship that people should know.
    func raise(
        _ severity: FleetEvent.Severity,
        _ kind: String,
        _ message: String,
        at now: Timestamp
    ) throws {
        _ = try connection.execute(
            EpochQueries.raise,
            tenant,
            ship,
            .timestamp(now),
            .text(kind),
            .int32(Int32(severity.rawValue)),
            .text(message)
        )
    }

    /// Writes down how the ship's clock goes: its data bear its time.
    func note(clockOffset: Duration, at now: Timestamp) throws {
        // A clock may show anything, and sums with it must stay within the column's range.
        let milliseconds = min(max(clockOffset.milliseconds, -Self.mostOffset), Self.mostOffset)
        _ = try connection.execute(
            EpochQueries.clock,
            tenant,
            ship,
            .timestamp(now),
            .int64(milliseconds)
        )
        guard clockOffset > Self.clockTolerance || clockOffset < .zero - Self.clockTolerance else {
            return
        }
        let seconds = milliseconds / 1000
        try raise(
            .warning,
            "clock_wrong",
            "the ship's clock is \(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") the shore's",
            at: now
        )
    }

    /// About 3,000 years, in milliseconds.
    private static let mostOffset: Int64 = 100_000_000_000_000
}

import FleetModel
import FleetSeries
import FoundationEssentials
import GRDB

/// Log records: from acceptance to the lane, or to the account of what was lost.
extension StoreWriter {
    /// Accepts log records: they are in the ledger, and will be ashore or declared lost.
    package func accept(_ records: [LogRecord], at now: Timestamp) throws {
        for (severity, own) in Dictionary(grouping: records, by: \.severity)
            .sorted(by: { $0.key < $1.key })
        {
            var start = own.startIndex
            while start < own.endIndex {
                var (end, bytes) = (start, 0)
                while end < own.endIndex, end == start || bytes < LogWindow.rowBytes {
                    bytes += own[end].byteCount
                    end += 1
                }
                let part = Array(own[start..<end])
                let body = part.encoded()
                try put(
                    body,
                    severity,
                    records: part.count,
                    first: part.map(\.at).min() ?? now,
                    last: part.map(\.at).max() ?? now,
                    at: now
                )
                start = end
            }
        }
        try addProduced(records.count, to: .logs)
        try addProduced(Self.days(of: records), to: .logs)
    }

    private static func days(of records: [LogRecord]) -> [Int32: Int] {
        records.reduce(into: [:]) { $0[DayAccount.day(of: $1.at), default: 0] += 1 }
    }

    /// Counts log records that came and found no room: produced, and lost.
    package func loseLogs(_ count: Int) throws {
        try addProduced(count, to: .logs)
        let day = DayAccount.day(of: now)
        try addProduced([day: count], to: .logs)
        try addLost([day: Int64(count)], to: .logs)
        try declareLost(count, from: now, to: now, .refused("no room"))
    }

    /// Seals accepted records into the lane.
    package func append(_ segments: [SealedSegment], of logs: LooseLogs) throws {
        try remove(logs)
        for segment in segments { try append(segment, to: .logs) }
    }

    /// Keeps accepted records of one severity as segments that have no place in the lane yet.
    package func pack(
        _ segments: [SealedSegment],
        _ severity: LogRecord.Severity,
        of logs: LooseLogs,
        at now: Timestamp
    ) throws {
        try remove(logs)
        for segment in segments {
            try put(
                segment.bytes,
                severity,
                records: segment.recordCount,
                first: segment.first,
                last: segment.last,
                at: now,
                isPacked: true
            )
        }
    }

    /// Gives packed segments their places in the lane, the gravest first, then the oldest, until
    /// about so many bytes are in.
    ///
    /// - Returns: the bytes moved.
    package func appendPackedLogs(bytes limit: Int) throws -> Int {
        var moved = 0
        while moved < limit {
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT id, records, first_at, last_at, body
                    FROM log_window
                    WHERE is_packed
                    ORDER BY severity, id
                    LIMIT 1
                    """
            )
            guard let row else { break }
            let segment = SealedSegment(
                bytes: Array(row["body"] as Data),
                recordCount: row["records"],
                first: Timestamp(milliseconds: row["first_at"]),
                last: Timestamp(milliseconds: row["last_at"]),
                watermark: 0
            )
            try append(segment, to: .logs)
            try db.execute(
                sql: "DELETE FROM log_window WHERE id = ?",
                arguments: [row["id"] as Int64]
            )
            moved += segment.bytes.count
        }
        return moved
    }

    /// Drops what waits for a place in the lane, the mildest first, then the oldest, until so many
    /// bytes are gone, and counts it as lost.
    ///
    /// - Returns: the records dropped, by severity.
    package func dropLogs(bytes: Int) throws -> [LogRecord.Severity: Int] {
        var dropped: [LogRecord.Severity: Int] = [:]
        var days: [Int32: Int64] = [:]
        var (first, last) = (Int64.max, Int64.min)
        var rest = bytes
        while rest > 0 {
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT id, severity, records, length, first_at, last_at, is_packed, body
                    FROM log_window
                    ORDER BY severity DESC, id
                    LIMIT 1
                    """
            )
            guard let row else { break }
            try db.execute(
                sql: "DELETE FROM log_window WHERE id = ?",
                arguments: [row["id"] as Int64]
            )
            let severity = LogRecord.Severity(rawValue: row["severity"]) ?? .debug
            dropped[severity, default: 0] += row["records"] as Int
            days.merge(try Self.days(of: row)) { $0 + $1 }
            first = min(first, row["first_at"])
            last = max(last, row["last_at"])
            rest -= row["length"] as Int
        }
        let total = dropped.values.reduce(0, +)
        if total > 0 {
            try addLost(days, to: .logs)
            try declareLost(
                total,
                from: Timestamp(milliseconds: first),
                to: Timestamp(milliseconds: last),
                .disk
            )
        }
        return dropped
    }

    /// Joins a declaration that has not gone yet: while the link is down one says it all.
    private func declareLost(
        _ count: Int,
        from first: Timestamp,
        to last: Timestamp,
        _ reason: Declaration.Reason
    ) throws {
        let end = last + .milliseconds(1)
        try db.execute(
            sql: """
                UPDATE declarations
                SET from_at = min(from_at, ?), to_at = max(to_at, ?), samples = samples + ?, at = ?
                WHERE id = (
                    SELECT max(id) FROM declarations
                    WHERE lane = ? AND unit IS NULL AND rung IS NULL AND reason = ?
                )
                """,
            arguments: [
                first.milliseconds, end.milliseconds, count, now.milliseconds, Lane.logs.rawValue,
                reason.word,
            ]
        )
        guard db.changesCount == 0 else { return }
        try declare(
            Declaration(
                lane: .logs,
                from: first,
                to: end,
                rung: nil,
                samples: UInt64(count),
                reason: reason,
                at: now
            )
        )
    }

    /// How many of a row's records are of which day; looked up in the row where that isn't plain.
    static func days(of row: Row) throws -> [Int32: Int64] {
        let first = DayAccount.day(of: Timestamp(milliseconds: row["first_at"]))
        let last = DayAccount.day(of: Timestamp(milliseconds: row["last_at"]))
        if first == last { return [first: row["records"]] }
        let body = Array(row["body"] as Data)
        let records =
            row["is_packed"] as Bool
            ? try LogSegment.decode(body[...]) : try [LogRecord](decoding: body)
        return days(of: records).mapValues(Int64.init)
    }

    private func put(
        _ body: [UInt8],
        _ severity: LogRecord.Severity,
        records: Int,
        first: Timestamp,
        last: Timestamp,
        at now: Timestamp,
        isPacked: Bool = false
    ) throws {
        let add = try db.cachedStatement(
            sql: """
                INSERT INTO log_window
                    (accepted_at, severity, records, length, first_at, last_at, is_packed, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try add.execute(arguments: [
            now.milliseconds, severity.rawValue, records, body.count, first.milliseconds,
            last.milliseconds, isPacked, Data(body),
        ])
    }

    /// All of the rows, or the transaction fails: what was dropped meanwhile must not be sent.
    private func remove(_ logs: LooseLogs) throws {
        let delete = try db.cachedStatement(
            sql: "DELETE FROM log_window WHERE id = ? AND NOT is_packed"
        )
        for row in logs.rows {
            try delete.execute(arguments: [row])
            guard db.changesCount == 1 else {
                throw StoreError(.busy, "log records were taken from the store meanwhile")
            }
        }
    }
}

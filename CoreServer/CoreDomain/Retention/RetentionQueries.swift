import CorePostgres

/// What is past. Times before 2015 are no honest clock's, and are never past.
enum RetentionQueries {
    static let find = Statement(
        "retention",
        """
        SELECT raw_days, five_minute_days, hour_days, log_days, record_days, version
        FROM hawser.retention
        WHERE tenant_id = $1::bigint
        """
    )

    static let put = Statement(
        "put_retention",
        """
        INSERT INTO hawser.retention AS r (
            tenant_id, raw_days, five_minute_days, hour_days, log_days, record_days, changed_at
        )
        VALUES (
            $1::bigint, $2::integer, $3::integer, $4::integer, $5::integer, $6::integer,
            $7::timestamptz
        )
        ON CONFLICT (tenant_id)
        DO UPDATE SET
            raw_days = excluded.raw_days,
            five_minute_days = excluded.five_minute_days,
            hour_days = excluded.hour_days,
            log_days = excluded.log_days,
            record_days = excluded.record_days,
            changed_at = excluded.changed_at,
            version = r.version + 1
        """
    )

    static let dropPartitions = Statement(
        "drop_partitions",
        """
        SELECT hawser.drop_partitions(
            $1::timestamptz, $2::integer, $3::integer, $4::integer, $5::integer
        )
        """
    )

    /// Rows of a ship that go in one transaction.
    static let batch = 5000

    /// Deletes some rows of a ship ($1, $2) that are past a moment ($3).
    private static func past(_ table: String, _ condition: String) -> String {
        let rows = "tenant_id = $1::bigint AND ship_id = $2::bigint AND \(condition)"
        // Two partitions may have rows of one place: the condition holds for each.
        return """
            DELETE FROM hawser.\(table)
            WHERE \(rows)
                AND ctid = ANY (
                    ARRAY(SELECT ctid FROM hawser.\(table) WHERE \(rows) LIMIT \(batch))
                )
            """
    }

    private static func honest(_ column: String) -> String {
        "\(column) >= '2015-01-01T00:00:00Z' AND \(column) < $3::timestamptz"
    }

    /// Of a column in milliseconds.
    private static func before(_ column: String) -> String {
        "\(column) < (extract(epoch FROM $3::timestamptz) * 1000)::bigint"
    }

    static let blocks = Statement(
        "delete_past_sample_blocks",
        past("sample_blocks", honest("week_at"))
    )
    static let chunks = Statement(
        "delete_past_sample_chunks",
        past("sample_chunks", honest("day_at"))
    )
    static let logs = Statement(
        "delete_past_log_blocks",
        past("log_blocks", honest("week_at"))
    )

    static let rollups = Statement(
        "delete_past_rollups",
        past(
            "rollups",
            "resolution_seconds = $4::integer AND \(honest("interval_at"))"
        )
    )
    static let rollupChunks = Statement(
        "delete_past_rollup_chunks",
        past(
            "rollup_chunks",
            "resolution_seconds = $4::integer AND \(honest("period_at"))"
        )
    )

    /// Kept as long as what they are needed to make again.
    static let rollupSegments = Statement(
        "delete_past_rollup_segments",
        past(
            "rollup_segments",
            "\(before("first_at")) AND first_at >= 1420070400000"
        )
    )

    /// By the ship's clock, which an index knows, and by the shore's, which is right.
    static let events = Statement(
        "delete_past_events",
        past("events", "\(before("at")) AND received_at < $3::timestamptz")
    )
    static let shoreEvents = Statement(
        "delete_past_shore_events",
        past("shore_events", "raised_at < $3::timestamptz")
    )
    static let linkReports = Statement(
        "delete_past_link_reports",
        past(
            "link_reports",
            "\(before("from_at")) AND from_at >= 1420070400000"
        )
    )
    static let linkUsage = Statement(
        "delete_past_link_usage",
        past("link_usage", "interval_at < $3::timestamptz")
    )
    static let shipDays = Statement(
        "delete_past_ship_days",
        past(
            "ship_days",
            "day < extract(epoch FROM $3::timestamptz) / 86400 AND told_at < $3::timestamptz"
        )
    )
    static let storedDays = Statement(
        "delete_past_stored_days",
        past(
            "stored_days",
            "day < extract(epoch FROM $3::timestamptz) / 86400 AND stored_at < $3::timestamptz"
        )
    )
    static let differences = Statement(
        "delete_past_ledger_differences",
        past("ledger_differences", "resolved_at < $3::timestamptz")
    )
    static let wants = Statement(
        "delete_past_wants",
        past("wants", "answered_at < $3::timestamptz")
    )

    /// All but the one that still holds.
    static let clocks = Statement(
        "delete_past_ship_clocks",
        past(
            "ship_clocks",
            """
            noted_at < $3::timestamptz
                AND noted_at < (
                    SELECT max(noted_at) FROM hawser.ship_clocks
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                )
            """
        )
    )

    /// What they came to stays.
    static let declarations = Statement(
        "delete_past_declarations",
        """
        WITH gone AS (
            DELETE FROM hawser.declarations
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                AND \(before("from_at")) AND received_at < $3::timestamptz
                AND ctid = ANY (ARRAY(
                    SELECT ctid
                    FROM hawser.declarations
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                        AND \(before("from_at")) AND received_at < $3::timestamptz
                    LIMIT \(batch)
                ))
            RETURNING epoch, lane, was, rung, sample_count
        ),
        kept AS (
            INSERT INTO hawser.declared_totals
                (tenant_id, ship_id, epoch, lane, degraded, lost)
            SELECT $1::bigint, $2::bigint, epoch, lane, \(DeclaredSums.sql)
            FROM gone
            GROUP BY epoch, lane
            ON CONFLICT (tenant_id, ship_id, epoch, lane)
            DO UPDATE SET
                degraded = declared_totals.degraded + excluded.degraded,
                lost = declared_totals.lost + excluded.lost
        )
        SELECT count(*) AS deleted FROM gone
        """
    )

    /// By what says how long they are kept.
    static let samples = [blocks, chunks]
    static let records = [
        events, shoreEvents, linkReports, linkUsage, shipDays, storedDays, differences, wants,
        clocks,
    ]

    static let all =
        [find, put, dropPartitions, logs, rollups, rollupChunks, rollupSegments, declarations]
        + samples + records
}

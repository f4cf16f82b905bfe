import CorePostgres

/// What is past. Times before 2015 are no honest clock's, and are never past.
enum RetentionQueries {
    static let find = Statement(
        "retention",
        """
        SELECT raw_days, five_minute_days, hour_days
        FROM hawser.retention
        WHERE tenant_id = $1::bigint
        """
    )

    static let put = Statement(
        "put_retention",
        """
        INSERT INTO hawser.retention (tenant_id, raw_days, five_minute_days, hour_days, changed_at)
        VALUES ($1::bigint, $2::integer, $3::integer, $4::integer, $5::timestamptz)
        ON CONFLICT (tenant_id)
        DO UPDATE SET
            raw_days = excluded.raw_days,
            five_minute_days = excluded.five_minute_days,
            hour_days = excluded.hour_days,
            changed_at = excluded.changed_at
        """
    )

    static let dropPartitions = Statement(
        "drop_partitions",
        """
        SELECT hawser.drop_partitions($1::timestamptz, $2::integer, $3::integer, $4::integer)
        """
    )

    static let deleteBlocks = Statement(
        "delete_past_blocks",
        """
        DELETE FROM hawser.sample_blocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND week_at >= '2015-01-01T00:00:00Z' AND week_at < $3::timestamptz
        """
    )

    static let deleteChunks = Statement(
        "delete_past_chunks",
        """
        DELETE FROM hawser.sample_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND day_at >= '2015-01-01T00:00:00Z' AND day_at < $3::timestamptz
        """
    )

    static let deleteRollups = Statement(
        "delete_past_rollups",
        """
        DELETE FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer
            AND interval_at >= '2015-01-01T00:00:00Z' AND interval_at < $4::timestamptz
        """
    )

    static let all = [find, put, dropPartitions, deleteBlocks, deleteChunks, deleteRollups]
}

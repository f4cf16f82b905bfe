import CorePostgres

/// What ships tell of their own data, into tables.
enum SummaryQueries {
    static let account = Statement(
        "tell_ship_day",
        """
        INSERT INTO hawser.ship_days
            (tenant_id, ship_id, epoch, day, lane, produced, degraded, lost, told_at)
        VALUES
            ($1::bigint, $2::bigint, $3::bigint, $4::integer, $5::integer, $6::bigint,
            $7::bigint, $8::bigint, $9::timestamptz)
        ON CONFLICT (tenant_id, ship_id, epoch, day, lane)
        DO UPDATE SET
            produced = excluded.produced,
            degraded = excluded.degraded,
            lost = excluded.lost,
            told_at = excluded.told_at
        """
    )

    static let stored = Statement(
        "add_stored_day",
        """
        INSERT INTO hawser.stored_days
            (tenant_id, ship_id, epoch, day, lane, stored, stored_at)
        VALUES
            ($1::bigint, $2::bigint, $3::bigint, $4::integer, $5::integer, $6::bigint,
            $7::timestamptz)
        ON CONFLICT (tenant_id, ship_id, epoch, day, lane)
        DO UPDATE SET
            stored = stored_days.stored + excluded.stored,
            stored_at = excluded.stored_at
        """
    )

    static let putSegment = Statement(
        "put_rollup_segment",
        """
        INSERT INTO hawser.rollup_segments
            (tenant_id, ship_id, epoch, sequence, rung, first_at, last_at, row_count, body)
        VALUES
            ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::integer, $6::bigint,
            $7::bigint, $8::integer, $9::bytea)
        """
    )

    /// Segments that have rows in the range; none is longer than a day.
    static let segments = Statement(
        "rollup_segments_of_range",
        """
        SELECT epoch, sequence, body
        FROM hawser.rollup_segments
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND first_at > $3::bigint - 86400000 AND first_at < $4::bigint
            AND last_at >= $3::bigint
        ORDER BY epoch, sequence
        """
    )

    static let recalls = Statement(
        "recalls_of_range",
        """
        SELECT epoch, sequence, from_at, to_at, first_series, last_series
        FROM hawser.declarations
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND rung = 0 AND from_at < $4::bigint AND to_at > $3::bigint
        """
    )

    static let thinnedDays = Statement(
        "thinned_days",
        """
        SELECT interval_at
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = 86400 AND thinned IS NOT NULL
            AND interval_at > $3::timestamptz - interval '1 day' AND interval_at < $4::timestamptz
        ORDER BY interval_at
        LIMIT $5::integer
        """
    )

    static let thinnedIntervals = Statement(
        "thinned_intervals",
        """
        SELECT resolution_seconds, interval_at
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds IN (300, 3600, 86400) AND thinned IS NOT NULL
            AND interval_at >= $3::timestamptz AND interval_at < $4::timestamptz
        """
    )

    static let putThinned = Statement(
        "put_thinned",
        """
        UPDATE hawser.rollups
        SET thinned = $5::bytea
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer AND interval_at = $4::timestamptz
        """
    )

    static let all = [
        account, stored, putSegment, segments, recalls, thinnedDays, thinnedIntervals, putThinned,
    ]
}

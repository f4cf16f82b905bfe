import CorePostgres

/// Epochs that end, clocks that go wrong, and what the shore has to say about both.
enum EpochQueries {
    /// Raw samples come in two lanes and have one account.
    static let stored = Statement(
        "epoch_stored",
        """
        SELECT
            CASE lane WHEN 6 THEN 4 ELSE lane END::integer AS lane,
            sum(stored_records)::bigint AS stored,
            sum(quarantined_records)::bigint AS quarantined,
            max(moved_at) AS moved_at
        FROM hawser.lane_positions
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        GROUP BY 1
        """
    )

    /// The ship's last word on an epoch; said once, whatever was told before.
    static let close = Statement(
        "close_ledger",
        """
        INSERT INTO hawser.ship_ledgers
            (tenant_id, ship_id, epoch, lane, produced, lost, degraded, stored, ashore, pending,
            told_at, closed_at)
        VALUES
            ($1::bigint, $2::bigint, $3::bigint, $4::smallint, $5::bigint, $6::bigint, $8::bigint,
            greatest(0, $5::bigint - $6::bigint - $8::bigint),
            greatest(0, $5::bigint - $6::bigint - $8::bigint), 0,
            $7::timestamptz, $7::timestamptz)
        ON CONFLICT (tenant_id, ship_id, epoch, lane)
        DO UPDATE SET
            produced = excluded.produced,
            lost = excluded.lost,
            degraded = excluded.degraded,
            stored = excluded.stored,
            ashore = excluded.ashore,
            pending = 0,
            told_at = excluded.told_at,
            closed_at = excluded.closed_at
        WHERE ship_ledgers.closed_at IS NULL
        RETURNING lane::integer
        """
    )

    /// The days of an epoch that is over keep what is here of them: the ship tells all else, what
    /// it thinned and gave up too, in the epoch that follows.
    static let closeDays = Statement(
        "close_ship_days",
        """
        INSERT INTO hawser.ship_days
            (tenant_id, ship_id, epoch, day, lane, produced, degraded, lost, told_at)
        SELECT tenant_id, ship_id, epoch, day, lane, coalesce(s.stored, 0), 0, 0, $4::timestamptz
        FROM (
            SELECT tenant_id, ship_id, epoch, day, lane
            FROM hawser.ship_days
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        ) AS d
        FULL JOIN (
            SELECT tenant_id, ship_id, epoch, day, lane, stored
            FROM hawser.stored_days
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        ) AS s USING (tenant_id, ship_id, epoch, day, lane)
        ON CONFLICT (tenant_id, ship_id, epoch, day, lane)
        DO UPDATE SET
            produced = excluded.produced,
            degraded = 0,
            lost = 0,
            told_at = excluded.told_at
        """
    )

    /// Epochs that the ship left without a word, with its disk.
    static let open = Statement(
        "open_epochs",
        """
        SELECT epoch, lane::integer, produced, lost, degraded
        FROM hawser.ship_ledgers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch <> $3::bigint
            AND closed_at IS NULL
        ORDER BY epoch, lane
        """
    )

    /// The ship speaks in an epoch that was thought to be over: what was written off is there.
    static let reopen = Statement(
        "reopen_ledger",
        """
        UPDATE hawser.ship_ledgers
        SET closed_at = NULL, lost = 0
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND closed_at IS NOT NULL
        """
    )

    /// Not again within ten minutes: what goes on is one event.
    static let raise = Statement(
        "raise_shore_event",
        """
        INSERT INTO hawser.shore_events
            (tenant_id, ship_id, raised_at, kind, severity, message)
        SELECT $1::bigint, $2::bigint, $3::timestamptz, $4::text, $5::integer, $6::text
        WHERE NOT EXISTS (
            SELECT
            FROM hawser.shore_events
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND kind = $4::text
                AND raised_at > $3::timestamptz - interval '10 minutes'
        )
        ON CONFLICT DO NOTHING
        """
    )

    static let clock = Statement(
        "note_clock",
        """
        INSERT INTO hawser.ship_clocks (tenant_id, ship_id, noted_at, offset_ms)
        SELECT $1::bigint, $2::bigint, $3::timestamptz, $4::bigint
        WHERE NOT EXISTS (
            SELECT
            FROM (
                SELECT offset_ms
                FROM hawser.ship_clocks
                WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                ORDER BY noted_at DESC
                LIMIT 1
            ) AS last
            WHERE last.offset_ms BETWEEN $4::bigint - 1000 AND $4::bigint + 1000
        )
        ON CONFLICT DO NOTHING
        """
    )

    static let all = [stored, close, closeDays, open, reopen, raise, clock]
}

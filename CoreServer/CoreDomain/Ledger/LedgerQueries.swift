import CorePostgres

/// Accounts of both sides.
enum LedgerQueries {
    /// Those that were deleted since are in their totals.
    static let declared = Statement(
        "declared_of_lane",
        """
        SELECT lane, sum(degraded)::bigint AS degraded, sum(lost)::bigint AS lost
        FROM (
            SELECT lane, \(DeclaredSums.sql)
            FROM hawser.declarations
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            GROUP BY lane
            UNION ALL
            SELECT lane, degraded, lost
            FROM hawser.declared_totals
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        ) AS parts
        GROUP BY lane
        """
    )

    static let ashore = Statement(
        "ashore_of_lane",
        """
        SELECT lane, ashore FROM hawser.ship_ledgers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        """
    )

    /// Days whose account was told after the last of them was stored, and yet has less. What was
    /// thinned across midnight is counted on one of its two days: neighbours make up for each other.
    /// Of a year, which is less than accounts are kept: each has its neighbours.
    static let overfullDays = Statement(
        "overfull_days",
        """
        SELECT lane, sum(surplus + before + after)::bigint AS records
        FROM (
            SELECT
                d.lane,
                d.told_at > s.stored_at
                    AND d.day > max(d.day) OVER (PARTITION BY d.lane) - 366 AS is_told,
                s.stored - (d.produced - d.degraded - d.lost) AS surplus,
                least(0, coalesce(
                    lag(s.stored - (d.produced - d.degraded - d.lost)) OVER days, 0
                )) AS before,
                least(0, coalesce(
                    lead(s.stored - (d.produced - d.degraded - d.lost)) OVER days, 0
                )) AS after
            FROM hawser.ship_days AS d
            JOIN hawser.stored_days AS s USING (tenant_id, ship_id, epoch, day, lane)
            WHERE d.tenant_id = $1::bigint AND d.ship_id = $2::bigint AND d.epoch = $3::bigint
            WINDOW days AS (PARTITION BY d.lane ORDER BY d.day)
        ) AS judged
        WHERE is_told AND surplus + before + after > 0
        GROUP BY lane
        """
    )

    static let openDifferences = Statement(
        "open_ledger_differences",
        """
        SELECT lane, kind, found_at, raised_at
        FROM hawser.ledger_differences
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND resolved_at IS NULL
        """
    )

    static let putDifference = Statement(
        "put_ledger_difference",
        """
        INSERT INTO hawser.ledger_differences
            (tenant_id, ship_id, epoch, lane, kind, records, found_at, seen_at)
        VALUES
            ($1::bigint, $2::bigint, $3::bigint, $4::integer, $5::text, $6::bigint,
            $7::timestamptz, $7::timestamptz)
        ON CONFLICT (tenant_id, ship_id, epoch, lane, kind)
        DO UPDATE SET
            records = excluded.records,
            found_at = CASE
                WHEN ledger_differences.resolved_at IS NULL THEN ledger_differences.found_at
                ELSE excluded.found_at
            END,
            raised_at = CASE
                WHEN ledger_differences.resolved_at IS NULL THEN ledger_differences.raised_at
            END,
            seen_at = excluded.seen_at,
            resolved_at = NULL
        """
    )

    static let markRaised = Statement(
        "mark_ledger_difference_raised",
        """
        UPDATE hawser.ledger_differences
        SET raised_at = $6::timestamptz
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND lane = $4::integer AND kind = $5::text
        """
    )

    static let resolveDifference = Statement(
        "resolve_ledger_difference",
        """
        UPDATE hawser.ledger_differences
        SET resolved_at = $6::timestamptz
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND lane = $4::integer AND kind = $5::text
        """
    )

    static let lanes = Statement(
        "ledger_lanes",
        """
        SELECT
            l.epoch, l.lane::integer AS lane, l.produced, l.stored, l.pending, l.degraded, l.lost,
            l.ashore, l.told_at,
            (
                SELECT coalesce(sum(p.stored_records), 0)::bigint
                FROM hawser.lane_positions AS p
                WHERE p.tenant_id = l.tenant_id AND p.ship_id = l.ship_id AND p.epoch = l.epoch
                    AND (p.lane = l.lane OR l.lane = 4 AND p.lane = 6)
            ) AS stored_ashore,
            (
                SELECT coalesce(sum(p.quarantined_records), 0)::bigint
                FROM hawser.lane_positions AS p
                WHERE p.tenant_id = l.tenant_id AND p.ship_id = l.ship_id AND p.epoch = l.epoch
                    AND (p.lane = l.lane OR l.lane = 4 AND p.lane = 6)
            ) AS quarantined,
            (
                SELECT coalesce(sum(p.refused_records), 0)::bigint
                FROM hawser.lane_positions AS p
                WHERE p.tenant_id = l.tenant_id AND p.ship_id = l.ship_id AND p.epoch = l.epoch
                    AND (p.lane = l.lane OR l.lane = 4 AND p.lane = 6)
            ) AS refused
        FROM hawser.ship_ledgers AS l
        WHERE l.tenant_id = $1::bigint AND l.ship_id = $2::bigint
        ORDER BY l.epoch, l.lane
        """
    )

    static let days = Statement(
        "ledger_days",
        """
        SELECT
            day, lane,
            -- Of an epoch that is over, as with a ship's disk, all is told that ever will be, and what
            -- did not come is lost.
            coalesce(sum(CASE
                WHEN c.closed_epoch IS NULL THEN d.produced
                ELSE greatest(d.produced, coalesce(d.degraded + d.lost, 0) + coalesce(s.stored, 0))
            END), 0)::bigint AS produced,
            coalesce(sum(d.degraded), 0)::bigint AS degraded,
            coalesce(sum(CASE
                WHEN c.closed_epoch IS NULL THEN d.lost
                ELSE greatest(d.lost, d.produced - d.degraded - coalesce(s.stored, 0))
            END), 0)::bigint AS lost,
            coalesce(sum(s.stored), 0)::bigint AS stored,
            max(d.told_at) AS told_at
        FROM (
            SELECT epoch, day, lane, produced, degraded, lost, told_at
            FROM hawser.ship_days
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                AND day BETWEEN $3::integer AND $4::integer
        ) AS d
        FULL JOIN (
            SELECT epoch, day, lane, stored
            FROM hawser.stored_days
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                AND day BETWEEN $3::integer AND $4::integer
        ) AS s USING (epoch, day, lane)
        LEFT JOIN (
            SELECT epoch AS closed_epoch, lane AS closed_lane
            FROM hawser.ship_ledgers
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND closed_at IS NOT NULL
        ) AS c ON closed_epoch = epoch AND closed_lane = lane
        GROUP BY day, lane
        ORDER BY day, lane
        """
    )

    static let declarations = Statement(
        "ledger_declarations",
        """
        SELECT
            epoch, sequence, ordinal, lane, from_at, to_at, first_series, last_series, was, rung,
            sample_count, reason, detail, decided_at, received_at
        FROM hawser.declarations
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND from_at < $4::bigint AND to_at > $3::bigint
            AND (epoch, sequence, ordinal) > ($5::bigint, $6::bigint, $7::integer)
        ORDER BY epoch, sequence, ordinal
        LIMIT $8::integer
        """
    )

    static let differences = Statement(
        "ledger_differences",
        """
        SELECT epoch, lane, kind, records, found_at, resolved_at
        FROM hawser.ledger_differences
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND raised_at IS NOT NULL
        ORDER BY found_at DESC, lane, kind
        LIMIT 100
        """
    )

    static let all = [
        declared, ashore, overfullDays, openDifferences, putDifference, markRaised,
        resolveDifference,
        lanes, days, declarations, differences,
    ]
}

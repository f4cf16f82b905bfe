import CorePostgres

/// What a report reads besides telemetry.
enum ReportQueries {
    static let contacts = Statement(
        "report_contacts",
        """
        SELECT s.ship_id, s.name, s.revoked_at, c.last_contact_at, c.agent_version, c.clock_offset_ms
        FROM hawser.ships AS s
        LEFT JOIN hawser.ship_contacts AS c USING (tenant_id, ship_id)
        WHERE s.tenant_id = $1::bigint
        ORDER BY s.name
        """
    )

    static let usage = Statement(
        "report_link_usage",
        """
        SELECT interval_at, connected_ms, bytes_up, bytes_down, sessions
        FROM hawser.link_usage
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND interval_at >= $3::timestamptz AND interval_at < $4::timestamptz
        ORDER BY interval_at
        """
    )

    /// The shore's counts and the ship's own, per epoch and lane. A lane that only one side knows
    /// is there too. Raw samples come in two lanes, metrics (4) and backlog (6), and have one
    /// account.
    static let ledger = Statement(
        "report_ledger",
        """
        SELECT
            coalesce(p.epoch, l.epoch) AS epoch,
            coalesce(p.lane, l.lane)::integer AS lane,
            coalesce(p.stored_records, 0) AS stored,
            coalesce(p.quarantined_records, 0) AS quarantined,
            coalesce(l.produced, 0) AS produced,
            coalesce(l.degraded, 0) AS degraded,
            coalesce(l.lost, 0) AS lost,
            l.told_at
        FROM (
            SELECT epoch, CASE lane WHEN 6 THEN 4 ELSE lane END AS lane,
                sum(stored_records)::bigint AS stored_records,
                sum(quarantined_records)::bigint AS quarantined_records
            FROM hawser.lane_positions
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            GROUP BY 1, 2
        ) AS p
        FULL JOIN (
            SELECT epoch, lane, produced, degraded, lost, told_at
            FROM hawser.ship_ledgers
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        ) AS l USING (epoch, lane)
        ORDER BY lane
        """
    )

    static let events = Statement(
        "report_events",
        """
        (
            SELECT at, severity::integer, kind, message
            FROM hawser.events
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                AND at >= $3::bigint AND at < $4::bigint
            ORDER BY at DESC
            LIMIT 50
        )
        UNION ALL
        (
            SELECT
                (extract(epoch FROM raised_at) * 1000)::bigint AS at, severity, kind, message
            FROM hawser.shore_events
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                AND raised_at >= to_timestamp($3::bigint / 1000.0)
                AND raised_at < to_timestamp($4::bigint / 1000.0)
            ORDER BY raised_at DESC
            LIMIT 50
        )
        ORDER BY at DESC
        LIMIT 50
        """
    )

    /// What stands for samples of the range: those that were thinned again stand where they are now,
    /// and those that came back or were given up nowhere.
    static let thinned = Statement(
        "report_thinned",
        """
        SELECT place, sum(samples)::bigint AS samples
        FROM hawser.declarations,
            LATERAL (VALUES (rung, sample_count), (was, -sample_count)) AS moved (place, samples)
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND from_at < $4::bigint AND to_at > $3::bigint
            AND place > 0
        GROUP BY place
        HAVING sum(samples) > 0
        ORDER BY place
        """
    )

    static let differences = Statement(
        "report_ledger_differences",
        """
        SELECT epoch, lane, kind, records, found_at, resolved_at
        FROM hawser.ledger_differences
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND raised_at IS NOT NULL AND resolved_at IS NULL
        ORDER BY found_at DESC, lane, kind
        LIMIT 20
        """
    )

    static let all = [contacts, usage, ledger, events, thinned, differences]
}

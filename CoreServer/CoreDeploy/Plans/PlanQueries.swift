import CorePostgres

/// What a plan is made of, in as few statements for ten thousand ships as for one.
enum PlanQueries {
    static let files = Statement(
        "deployed_version_files",
        """
        SELECT f.registered_model_id, f.path, f.digest, f.size
        FROM hawser.registered_models AS m
        JOIN hawser.model_version_files AS f USING (tenant_id, registered_model_id)
        WHERE m.tenant_id = $1::bigint AND m.name = $2::text AND f.version = $3::bigint
        ORDER BY f.path
        """
    )

    static let fleets = Statement(
        "fleets_of_plan",
        """
        SELECT name, selector::text AS selector FROM hawser.fleets
        WHERE tenant_id = $1::bigint AND name = ANY ($2::text[])
        """
    )

    static let ships = Statement(
        "ships_of_plan",
        """
        SELECT ship_id, name, labels::text AS labels, class, owner, bearers::text AS bearers,
            revoked_at IS NOT NULL AS is_revoked
        FROM hawser.ships
        WHERE tenant_id = $1::bigint
        ORDER BY ship_id
        """
    )

    static let holdings = Statement(
        "holdings_of_plan",
        """
        SELECT ship_id, slot, kind, digest, bytes FROM hawser.ship_holdings
        WHERE tenant_id = $1::bigint AND ship_id = ANY ($2::bigint[])
        """
    )

    /// Of the trees that are kept, the bytes that a version's files have in common with them.
    static let shared = Statement(
        "shared_bytes_of_plan",
        """
        SELECT t.tree, coalesce((
                SELECT sum(f.size) FROM hawser.model_version_files AS f
                WHERE f.tenant_id = $1::bigint AND f.registered_model_id = $2::bigint
                    AND f.version = $3::bigint AND f.digest IN (
                        SELECT b.digest FROM hawser.artifact_tree_files AS b
                        WHERE b.tenant_id = $1::bigint AND b.tree = t.tree
                    )
            ), 0)::bigint AS bytes
        FROM hawser.artifact_trees AS t
        WHERE t.tenant_id = $1::bigint AND t.tree = ANY ($4::bytea[])
        """
    )

    /// By ship and link class, the days as numbers from the first one asked for.
    static let links = Statement(
        "links_of_plan",
        """
        SELECT ship_id, link_class,
            array_agg((day - ($2::timestamptz AT TIME ZONE 'UTC')::date)::bigint) AS days,
            array_agg(connected_ms) AS connected,
            sum(sessions)::bigint AS sessions, sum(bytes)::bigint AS bytes
        FROM hawser.link_days
        WHERE tenant_id = $1::bigint AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date
            AND day < ($3::timestamptz AT TIME ZONE 'UTC')::date
            AND ship_id = ANY ($4::bigint[])
        GROUP BY ship_id, link_class
        """
    )

    /// Ships that another deployment is bringing something to in the slot.
    static let busy = Statement(
        "busy_ships_of_plan",
        """
        SELECT s.ship_id, d.name FROM hawser.deployment_ships AS s
        JOIN hawser.deployments AS d USING (tenant_id, deployment_id)
        WHERE s.tenant_id = $1::bigint AND d.slot = $2::text AND d.deployment_id <> $3::bigint
            AND d.state IN ('preparing', 'running', 'paused', 'stopping')
            AND s.state IN (
                'scheduled', 'preparing', 'offered', 'awaiting_reconnect', 'downloading', 'staged',
                'armed', 'activating', 'soaking'
            )
        """
    )

    static let insertWaves = Statement(
        "insert_deployment_waves",
        """
        INSERT INTO hawser.deployment_waves
            (tenant_id, deployment_id, wave, name, state, reason, ships)
        SELECT $1::bigint, $2::bigint, wave, name, 'scheduled', '', ships
        FROM unnest($3::integer[], $4::text[], $5::integer[]) AS w (wave, name, ships)
        """
    )

    static let insertShips = Statement(
        "insert_deployment_ships",
        """
        INSERT INTO hawser.deployment_ships
            (tenant_id, deployment_id, ship_id, wave, replaces, base, method, bytes,
            bytes_with_retries, cost_micros, currency, p50_seconds, p90_seconds, contact_seconds,
            state, reason, is_estimate, price_micros, bearers)
        SELECT $1::bigint, $2::bigint, ship_id, wave, replaces, base, method, bytes,
            bytes_with_retries, cost_micros, currency, p50, p90, contact, 'scheduled', '',
            is_estimate, price, bearers::jsonb
        FROM unnest(
            $3::bigint[], $4::integer[], $5::bytea[], $6::bytea[], $7::text[], $8::bigint[],
            $9::bigint[], $10::bigint[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[],
            $15::boolean[], $16::bigint[], $17::text[]
        ) AS l (
            ship_id, wave, replaces, base, method, bytes, bytes_with_retries, cost_micros, currency,
            p50, p90, contact, is_estimate, price, bearers
        )
        """
    )

    /// The plan of the revision before.
    static let deleteWaves = Statement(
        "delete_deployment_waves",
        """
        DELETE FROM hawser.deployment_waves
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
        """
    )

    /// The newest days of the link, by what the shore counted and what ships told.
    static let refreshLinks = Statement(
        "refresh_link_days",
        """
        INSERT INTO hawser.link_days
            (tenant_id, ship_id, day, link_class, connected_ms, bytes, sessions)
        SELECT $1::bigint, ship_id, (interval_at AT TIME ZONE 'UTC')::date, '',
            sum(connected_ms)::bigint, sum(bytes_up + bytes_down)::bigint, sum(sessions)
        FROM hawser.link_usage
        WHERE tenant_id = $1::bigint AND interval_at >= $2::timestamptz
        GROUP BY ship_id, (interval_at AT TIME ZONE 'UTC')::date
        UNION ALL
        SELECT $1::bigint, ship_id, (to_timestamp(from_at / 1000.0) AT TIME ZONE 'UTC')::date,
            link_class, sum(connected_ms)::bigint, sum(bytes_up + bytes_down)::bigint, 0
        FROM hawser.link_reports
        WHERE tenant_id = $1::bigint AND link_class <> '' AND from_at >= $3::bigint
            AND from_at < $4::bigint
        GROUP BY ship_id, (to_timestamp(from_at / 1000.0) AT TIME ZONE 'UTC')::date, link_class
        ON CONFLICT (tenant_id, ship_id, day, link_class) DO UPDATE
        SET connected_ms = EXCLUDED.connected_ms, bytes = EXCLUDED.bytes,
            sessions = EXCLUDED.sessions
        """
    )

    static let forgetLinks = Statement(
        "forget_link_days",
        """
        DELETE FROM hawser.link_days
        WHERE tenant_id = $1::bigint AND day < ($2::timestamptz AT TIME ZONE 'UTC')::date
        """
    )

    static let all = [
        files, fleets, ships, holdings, shared, links, busy, insertWaves, insertShips, deleteWaves,
        refreshLinks, forgetLinks,
    ]
}

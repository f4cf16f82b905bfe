import CorePostgres

enum PolicyQueries {
    private static let freezeColumns = """
        freeze_id, name, selector::text AS selector, from_at, to_at, reason, created_at, version
        """
    private static let policyColumns = """
        name, kind, priority, selector::text AS selector, is_dry_run, amount, currency, percent,
        updated_at, version
        """

    static let freezes = Statement(
        "freezes",
        """
        SELECT \(freezeColumns) FROM hawser.freezes
        WHERE tenant_id = $1::bigint AND freeze_id > $2::bigint
        ORDER BY freeze_id
        LIMIT $3::bigint
        """
    )

    static let freeze = Statement(
        "freeze_by_number",
        """
        SELECT \(freezeColumns) FROM hawser.freezes
        WHERE tenant_id = $1::bigint AND freeze_id = $2::bigint
        """
    )

    static let freezesAt = Statement(
        "freezes_at",
        """
        SELECT \(freezeColumns) FROM hawser.freezes
        WHERE tenant_id = $1::bigint AND from_at <= $2::timestamptz AND to_at > $2::timestamptz
        """
    )

    static let insertFreeze = Statement(
        "insert_freeze",
        """
        INSERT INTO hawser.freezes
            (tenant_id, freeze_id, name, selector, from_at, to_at, reason, created_at)
        VALUES (
            $1::bigint, nextval('hawser.freeze_numbers'), $2::text, $3::jsonb, $4::timestamptz,
            $5::timestamptz, $6::text, $7::timestamptz
        )
        RETURNING \(freezeColumns)
        """
    )

    static let deleteFreeze = Statement(
        "delete_freeze",
        "DELETE FROM hawser.freezes WHERE tenant_id = $1::bigint AND freeze_id = $2::bigint"
    )

    static let policies = Statement(
        "deploy_policies",
        """
        SELECT \(policyColumns) FROM hawser.deploy_policies
        WHERE tenant_id = $1::bigint AND name > $2::text
        ORDER BY name
        LIMIT $3::bigint
        """
    )

    static let policy = Statement(
        "deploy_policy_by_name",
        """
        SELECT \(policyColumns) FROM hawser.deploy_policies
        WHERE tenant_id = $1::bigint AND name = $2::text
        """
    )

    static let putPolicy = Statement(
        "put_deploy_policy",
        """
        INSERT INTO hawser.deploy_policies
            (tenant_id, name, kind, priority, selector, is_dry_run, amount, currency, updated_at,
            percent)
        VALUES (
            $1::bigint, $2::text, $3::text, $4::integer, $5::jsonb, $6::boolean, $7::bigint,
            $8::text, $9::timestamptz, $10::integer
        )
        ON CONFLICT (tenant_id, name) DO UPDATE
        SET kind = EXCLUDED.kind, priority = EXCLUDED.priority, selector = EXCLUDED.selector,
            is_dry_run = EXCLUDED.is_dry_run, amount = EXCLUDED.amount,
            currency = EXCLUDED.currency, percent = EXCLUDED.percent,
            updated_at = EXCLUDED.updated_at, version = deploy_policies.version + 1
        RETURNING \(policyColumns)
        """
    )

    static let deletePolicy = Statement(
        "delete_deploy_policy",
        "DELETE FROM hawser.deploy_policies WHERE tenant_id = $1::bigint AND name = $2::text"
    )

    /// Ships that were given an order to install since then, and the bytes of their plans.
    static let releasedSince = Statement(
        "released_since",
        """
        SELECT count(DISTINCT ship_id) AS ships,
            least(coalesce(sum(bytes_with_retries), 0), 9223372036854775807)::bigint AS bytes
        FROM hawser.deployment_ships
        WHERE tenant_id = $1::bigint AND released_at >= $2::timestamptz
        """
    )

    /// Other ships that have an order to install, and are not done with it.
    static let inFlight = Statement(
        "ships_in_flight",
        """
        SELECT count(DISTINCT ship_id) AS ships FROM hawser.deployment_ships
        WHERE tenant_id = $1::bigint AND ship_id <> $2::bigint AND state IN (
            'offered', 'downloading', 'staged', 'armed', 'activating', 'soaking'
        )
        """
    )

    /// When telemetry of a ship was last stored: raw samples, fresh ones or such that had waited.
    static let telemetry = Statement(
        "telemetry_of_ship",
        """
        SELECT max(moved_at) AS moved_at FROM hawser.lane_positions
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND lane IN (4, 6)
            AND stored_records > 0
        """
    )

    /// Labels of all ships, when their telemetry was last stored, and whether they are in a wave.
    static let freshness = Statement(
        "freshness_for_wave",
        """
        SELECT s.labels::text AS labels, l.moved_at, EXISTS (
                SELECT FROM hawser.deployment_ships AS d
                WHERE d.tenant_id = $1::bigint AND d.deployment_id = $2::bigint
                    AND d.wave = $3::integer AND d.ship_id = s.ship_id
            ) AS is_in_wave
        FROM hawser.ships AS s
        LEFT JOIN (
            SELECT ship_id, max(moved_at) AS moved_at FROM hawser.lane_positions
            WHERE tenant_id = $1::bigint AND lane IN (4, 6) AND stored_records > 0
            GROUP BY ship_id
        ) AS l USING (ship_id)
        WHERE s.tenant_id = $1::bigint AND s.revoked_at IS NULL
        """
    )

    /// What people set, and see.
    static let people = [
        freezes, freeze, insertFreeze, deleteFreeze, policies, policy, putPolicy, deletePolicy,
    ]

    /// What is asked where an order goes to a ship.
    static let ships = [freezesAt, policies, releasedSince, inFlight, telemetry]

    static let all = people + [freezesAt, releasedSince, inFlight, telemetry, freshness]
}

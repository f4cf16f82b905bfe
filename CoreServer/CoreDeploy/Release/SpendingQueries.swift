import CorePostgres

/// What deployments have really spent, and what is spoken for.
enum SpendingQueries {
    /// One at a time of a deployment: two ships do not share the last of its money.
    static let lock = Statement(
        "lock_deployment_spending",
        "SELECT pg_advisory_xact_lock(hashtextextended('deployment spending', $1::bigint))"
    )

    /// A ship's own account.
    static let account = Statement(
        "deployment_account_of_ship",
        """
        SELECT s.bytes_with_retries, s.price_micros, s.currency, p.labels::text AS labels,
            coalesce(x.bytes, 0) AS spent, coalesce(x.granted_bytes, 0) AS granted
        FROM hawser.deployment_ships AS s
        JOIN hawser.ships AS p USING (tenant_id, ship_id)
        LEFT JOIN hawser.deployment_spending AS x USING (tenant_id, deployment_id, ship_id)
        WHERE s.tenant_id = $1::bigint AND s.deployment_id = $2::bigint AND s.ship_id = $3::bigint
        """
    )

    /// Micros of the other ships that come under the same ceiling: what they were let have, and what those with
    /// an order are expected to need at last.
    ///
    /// - Parameters:
    ///   - $4: the ceiling's name; of several that fit a ship, the first by priority and name counts.
    ///   - $5: its currency.
    static let others = Statement(
        "deployment_spending_of_others",
        """
        SELECT least(ceil(coalesce(sum(let), 0)), 9e18)::bigint AS let,
            least(ceil(coalesce(sum(greatest(let, expected)), 0)), 9e18)::bigint AS committed
        FROM (
            SELECT s.price_micros::numeric / 1000000 * CASE WHEN o.is_open
                    THEN greatest(coalesce(x.bytes, 0), coalesce(x.granted_bytes, 0))
                    ELSE coalesce(x.bytes, 0) END AS let,
                s.price_micros::numeric / 1000000
                    * CASE WHEN o.is_open THEN s.bytes_with_retries ELSE 0 END AS expected
            FROM hawser.deployment_ships AS s
            JOIN hawser.ships AS p USING (tenant_id, ship_id)
            LEFT JOIN hawser.deployment_spending AS x USING (tenant_id, deployment_id, ship_id)
            CROSS JOIN LATERAL (
                SELECT s.activation IS NOT NULL AND s.state IN ('offered', 'downloading') AS is_open
            ) AS o
            WHERE s.tenant_id = $1::bigint AND s.deployment_id = $2::bigint
                AND s.ship_id <> $3::bigint AND s.currency = $5::text
                AND (o.is_open OR x.bytes IS NOT NULL)
                AND $4::text = (
                    SELECT q.name FROM hawser.deploy_policies AS q
                    WHERE q.tenant_id = $1::bigint AND q.kind = 'cost_ceiling'
                        AND NOT EXISTS (
                            SELECT FROM jsonb_each(q.selector) AS e
                            WHERE NOT coalesce(e.value ? (p.labels ->> e.key), false)
                        )
                    ORDER BY q.priority DESC, q.name COLLATE "C"
                    LIMIT 1
                )
        ) AS c
        """
    )

    static let charge = Statement(
        "charge_deployment_ship",
        """
        INSERT INTO hawser.deployment_spending
            (tenant_id, deployment_id, ship_id, bytes, granted_bytes)
        VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint)
        ON CONFLICT (tenant_id, deployment_id, ship_id) DO UPDATE
        SET bytes = deployment_spending.bytes + EXCLUDED.bytes,
            granted_bytes = greatest(deployment_spending.granted_bytes, EXCLUDED.granted_bytes)
        """
    )

    static let all = [lock, account, others, charge]
}

import CorePostgres

enum DeploymentQueries {
    private static let columns = """
        deployment_id, name, revision, slot, model, registered_model_id, model_version, tree_digest,
        size_bytes, request::text AS request, plan::text AS plan, plan_digest, approvals_needed,
        deadline_at, state, reason, created_by, created_by_name, created_at, updated_at, started_at,
        ended_at, version
        """

    static let insert = Statement(
        "insert_deployment",
        """
        INSERT INTO hawser.deployments
            (tenant_id, deployment_id, name, revision, slot, model, registered_model_id,
            model_version, tree_digest, size_bytes, request, plan, plan_digest, approvals_needed,
            deadline_at, state, reason, created_by, created_by_name, created_at, updated_at)
        VALUES (
            $1::bigint, nextval('hawser.deployment_numbers'), $2::text, 1, $3::text, $4::text,
            $5::bigint, $6::bigint, $7::bytea, $8::bigint, $9::jsonb, $10::jsonb, $11::bytea,
            $12::integer, $13::timestamptz, $14::text, '', $15::bigint, $16::text, $17::timestamptz,
            $17::timestamptz
        )
        RETURNING \(columns)
        """
    )

    static let replan = Statement(
        "replan_deployment",
        """
        UPDATE hawser.deployments
        SET revision = revision + 1, slot = $3::text, model = $4::text,
            registered_model_id = $5::bigint, model_version = $6::bigint, tree_digest = $7::bytea,
            size_bytes = $8::bigint, request = $9::jsonb, plan = $10::jsonb,
            plan_digest = $11::bytea, approvals_needed = $12::integer,
            deadline_at = $13::timestamptz, state = $14::text, reason = '',
            created_by = $15::bigint, created_by_name = $16::text, updated_at = $17::timestamptz,
            version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND version = $18::bigint
        RETURNING \(columns)
        """
    )

    static let byID = Statement(
        "deployment_by_number",
        """
        SELECT \(columns) FROM hawser.deployments
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
        """
    )

    static let lock = Statement(
        "lock_deployment",
        """
        SELECT \(columns) FROM hawser.deployments
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
        FOR UPDATE
        """
    )

    static let page = Statement(
        "deployment_page",
        """
        SELECT \(columns) FROM hawser.deployments
        WHERE tenant_id = $1::bigint AND deployment_id < $2::bigint
            AND ($3::text = '' OR state = $3::text)
        ORDER BY deployment_id DESC
        LIMIT $4::bigint
        """
    )

    /// The one way from state to state.
    static let move = Statement(
        "move_deployment",
        """
        UPDATE hawser.deployments
        SET state = $5::text, reason = $6::text, updated_at = $7::timestamptz,
            started_at = CASE WHEN $5::text = 'preparing' THEN coalesce(started_at, $7::timestamptz)
                ELSE started_at END,
            ended_at = CASE WHEN $5::text IN ('stopped', 'finished') THEN $7::timestamptz END,
            version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND state = $3::text
            AND version = $4::bigint
        RETURNING \(columns)
        """
    )

    static let waves = Statement(
        "deployment_waves",
        """
        SELECT w.wave, w.name, w.state, w.reason, w.ships, w.opened_at, w.ended_at, w.version,
            coalesce(c.states, '{}') AS states, coalesce(c.counts, '{}') AS counts, v.verdict
        FROM hawser.deployment_waves AS w
        LEFT JOIN LATERAL (
            SELECT verdict FROM hawser.gate_verdicts
            WHERE tenant_id = w.tenant_id AND deployment_id = w.deployment_id AND wave = w.wave
            ORDER BY judged_at DESC
            LIMIT 1
        ) AS v ON true
        LEFT JOIN (
            SELECT wave, array_agg(state ORDER BY state) AS states,
                array_agg(ships ORDER BY state) AS counts
            FROM (
                SELECT wave, state, count(*) AS ships
                FROM hawser.deployment_ships
                WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
                GROUP BY wave, state
            ) AS s
            GROUP BY wave
        ) AS c ON c.wave = w.wave
        WHERE w.tenant_id = $1::bigint AND w.deployment_id = $2::bigint
        ORDER BY w.wave
        """
    )

    static let moveWave = Statement(
        "move_deployment_wave",
        """
        UPDATE hawser.deployment_waves
        SET state = $6::text, reason = $7::text,
            opened_at = CASE WHEN $6::text = 'running' THEN coalesce(opened_at, $8::timestamptz)
                ELSE opened_at END,
            ended_at = CASE WHEN $6::text = 'finished' THEN $8::timestamptz END,
            version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND wave = $3::integer
            AND state = $4::text AND version = $5::bigint
        """
    )

    /// Somebody did something: it is looked at at the next step.
    static let lookAgain = Statement(
        "look_at_deployment_again",
        """
        UPDATE hawser.deployments SET look_at = '-infinity'
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
        """
    )

    /// - Parameter $4: the states that are left.
    static let moveShips = Statement(
        "move_deployment_ships",
        """
        UPDATE hawser.deployment_ships
        SET state = $5::text, reason = $6::text, version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
            AND ($3::integer = 0 OR wave = $3::integer) AND state = ANY ($4::text[])
        """
    )

    /// What had an order and failed, or was called off, gets another, in the place of what it runs now.
    static let retryShips = Statement(
        "retry_deployment_ships",
        """
        UPDATE hawser.deployment_ships AS s
        SET state = 'awaiting_reconnect', reason = $5::text, activation = NULL, position = NULL,
            reported_at = NULL, released_at = NULL, attempts = attempts + 1, version = version + 1,
            replaces = (
                SELECT h.digest FROM hawser.ship_holdings AS h
                WHERE h.tenant_id = s.tenant_id AND h.ship_id = s.ship_id AND h.kind = 'current'
                    AND h.slot = $6::text
            )
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND state = ANY ($3::text[])
            AND (cardinality($4::bigint[]) = 0 OR ship_id = ANY ($4::bigint[]))
        RETURNING wave
        """
    )

    static let shipNumbers = Statement(
        "ship_numbers_of_deployment",
        """
        SELECT s.ship_id, s.name FROM hawser.ships AS s
        JOIN hawser.deployment_ships AS d USING (tenant_id, ship_id)
        WHERE d.tenant_id = $1::bigint AND d.deployment_id = $2::bigint
            AND s.name = ANY ($3::text[])
        """
    )

    static let ships = Statement(
        "deployment_ships",
        """
        SELECT s.name, d.wave, d.state, d.reason, d.method, d.base, d.bytes, d.bytes_with_retries,
            d.cost_micros, d.currency, d.p50_seconds, d.p90_seconds, d.activation, d.running,
            d.released_at, d.told_at, d.version, d.is_estimate, d.bearers::text AS bearers,
            coalesce(x.bytes, 0) AS sent
        FROM hawser.deployment_ships AS d
        JOIN hawser.ships AS s USING (tenant_id, ship_id)
        LEFT JOIN hawser.deployment_spending AS x USING (tenant_id, deployment_id, ship_id)
        WHERE d.tenant_id = $1::bigint AND d.deployment_id = $2::bigint AND s.name > $3::text
            AND ($4::integer = 0 OR d.wave = $4::integer)
            AND ($5::text = '' OR d.state = $5::text)
        ORDER BY s.name
        LIMIT $6::bigint
        """
    )

    static let insertApproval = Statement(
        "insert_deployment_approval",
        """
        INSERT INTO hawser.deployment_approvals
            (tenant_id, deployment_id, plan_digest, user_id, user_name, is_approval, comment,
            decided_at)
        VALUES (
            $1::bigint, $2::bigint, $3::bytea, $4::bigint, $5::text, $6::boolean, $7::text,
            $8::timestamptz
        )
        ON CONFLICT DO NOTHING
        """
    )

    static let approvals = Statement(
        "deployment_approvals",
        """
        SELECT count(*) FILTER (WHERE is_approval) AS given,
            count(*) FILTER (WHERE NOT is_approval) AS denied
        FROM hawser.deployment_approvals
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND plan_digest = $3::bytea
        """
    )

    static let insertEvent = Statement(
        "insert_deployment_event",
        """
        INSERT INTO hawser.deployment_events
            (tenant_id, deployment_id, at, wave, ship_id, kind, from_state, to_state, actor, reason)
        VALUES (
            $1::bigint, $2::bigint, $3::timestamptz, $4::integer, $5::bigint, $6::text, $7::text,
            $8::text, $9::text, $10::text
        )
        """
    )

    /// The oldest first, from behind a place.
    static let events = Statement(
        "deployment_event_page",
        """
        SELECT e.event_id, e.at, e.wave, s.name AS ship, e.kind, e.from_state, e.to_state, e.actor,
            e.reason
        FROM hawser.deployment_events AS e
        LEFT JOIN hawser.ships AS s USING (tenant_id, ship_id)
        WHERE e.tenant_id = $1::bigint AND e.deployment_id = $2::bigint AND e.event_id > $3::bigint
        ORDER BY e.event_id
        LIMIT $4::bigint
        """
    )

    /// Whoever may have begun because of it is told to stop.
    static let queueRevocations = Statement(
        "queue_revocations",
        """
        INSERT INTO hawser.ship_orders
            (tenant_id, ship_id, priority, kind, deployment_id, slot, digest, severity, queued_at)
        SELECT $1::bigint, ship_id, 0, 'revoke', $2::bigint, $3::text, $4::bytea, $5::integer,
            $6::timestamptz
        FROM hawser.deployment_ships
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND activation IS NOT NULL
            AND ($5::integer >= 3 OR state <> 'succeeded')
            AND state NOT IN ('failed_no_change', 'failed_rolled_back', 'refused', 'canceled')
        """
    )

    static let queueRollbacks = Statement(
        "queue_rollbacks",
        """
        INSERT INTO hawser.ship_orders
            (tenant_id, ship_id, priority, kind, deployment_id, slot, digest, queued_at)
        SELECT $1::bigint, ship_id, 1, 'roll_back', $2::bigint, $3::text, $4::bytea,
            $5::timestamptz
        FROM hawser.deployment_ships
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND activation IS NOT NULL
            AND state NOT IN ('failed_no_change', 'failed_rolled_back', 'refused', 'canceled')
        """
    )

    /// Orders to install that were answered or not: none goes out again.
    static let withdrawInstalls = Statement(
        "withdraw_installs",
        """
        UPDATE hawser.ship_orders SET answered_at = $3::timestamptz, answer = 'withdrawn'
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
            AND kind IN ('install', 'promote') AND answered_at IS NULL
        """
    )

    static let openOrders = Statement(
        "open_orders_of_deployment",
        """
        SELECT count(*) AS orders FROM hawser.ship_orders
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND answered_at IS NULL
            AND kind IN ('revoke', 'roll_back')
        """
    )

    /// Whom an abort reaches too late: ships that hold the order, and when they are expected.
    static let exposed = Statement(
        "exposed_ships_of_deployment",
        """
        SELECT count(*) FILTER (
                WHERE state IN ('offered', 'downloading', 'staged', 'armed')
            ) AS holding,
            count(*) FILTER (WHERE state IN ('staged', 'armed')) AS staged,
            count(*) FILTER (WHERE state IN ('activating', 'soaking')) AS activated,
            count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY contact_seconds) FILTER (
                WHERE state IN ('offered', 'downloading', 'staged', 'armed')
            ) AS usual,
            max(contact_seconds) FILTER (
                WHERE state IN ('offered', 'downloading', 'staged', 'armed')
            ) AS longest
        FROM hawser.deployment_ships
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
        """
    )

    /// - Parameter $3: the start of the ships' URIs.
    static let ring = Statement(
        "ring_for_orders",
        """
        SELECT pg_notify('hawser_orders', $3::text || ship_id)
        FROM hawser.deployment_ships
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND state <> 'scheduled'
        """
    )

    static let all = [
        insert, replan, byID, lock, page, move, waves, moveWave, lookAgain, moveShips, retryShips,
        shipNumbers, ships, insertApproval, approvals, insertEvent, events, queueRevocations,
        queueRollbacks, withdrawInstalls, openOrders, exposed, ring,
    ]
}

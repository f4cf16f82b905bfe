import CorePostgres

enum ReleaseQueries {
    /// What the ship remembers counts, whatever was issued: a shore that was restored has forgotten.
    static let greet = Statement(
        "greet_ship",
        """
        INSERT INTO hawser.ship_counters (tenant_id, ship_id, issued, told, told_at)
        VALUES ($1::bigint, $2::bigint, $3::bigint, $3::bigint, $4::timestamptz)
        ON CONFLICT (tenant_id, ship_id) DO UPDATE
        SET issued = greatest(ship_counters.issued, EXCLUDED.told), told = EXCLUDED.told,
            told_at = EXCLUDED.told_at,
            holdings_at = CASE WHEN ship_counters.holdings_mark = $5::bytea
                THEN EXCLUDED.told_at ELSE ship_counters.holdings_at END
        RETURNING coalesce(holdings_mark = $5::bytea, false) AS is_known
        """
    )

    /// A ship takes counters upwards only: what it has passed, it has taken.
    static let markTaken = Statement(
        "mark_orders_taken",
        """
        UPDATE hawser.ship_orders SET answered_at = $4::timestamptz, answer = ''
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND answered_at IS NULL
            AND counter <= $3::bigint
        """
    )

    /// What it has not taken gets counters anew, what stops first.
    static let resetCounters = Statement(
        "reset_order_counters",
        """
        UPDATE hawser.ship_orders SET counter = NULL, directive_id = NULL, signed = NULL
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND answered_at IS NULL
            AND counter IS NOT NULL
        """
    )

    static let deleteHoldings = Statement(
        "delete_ship_holdings",
        "DELETE FROM hawser.ship_holdings WHERE tenant_id = $1::bigint AND ship_id = $2::bigint"
    )

    static let insertHoldings = Statement(
        "insert_ship_holdings",
        """
        INSERT INTO hawser.ship_holdings (tenant_id, ship_id, slot, kind, digest, bytes, told_at)
        SELECT $1::bigint, $2::bigint, slot, kind, digest, bytes, $7::timestamptz
        FROM unnest($3::text[], $4::text[], $5::bytea[], $6::bigint[])
            AS h (slot, kind, digest, bytes)
        ON CONFLICT DO NOTHING
        """
    )

    static let confirmHoldings = Statement(
        "confirm_ship_holdings",
        """
        INSERT INTO hawser.ship_counters
            (tenant_id, ship_id, issued, told, told_at, holdings_mark, holdings_at)
        VALUES ($1::bigint, $2::bigint, 0, 0, $4::timestamptz, $3::bytea, $4::timestamptz)
        ON CONFLICT (tenant_id, ship_id) DO UPDATE
        SET holdings_mark = EXCLUDED.holdings_mark, holdings_at = EXCLUDED.holdings_at
        """
    )

    /// One at a time for a ship.
    static let lockCounter = Statement(
        "lock_ship_counter",
        """
        SELECT issued, told FROM hawser.ship_counters
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        FOR UPDATE
        """
    )

    static let setIssued = Statement(
        "set_issued_counter",
        """
        UPDATE hawser.ship_counters SET issued = $3::bigint
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        """
    )

    /// Ships' lines that may get an order, as far as states alone say so: also of a wave that has passed, whose
    /// late ships are waited for. Locked, so that an abort waits
    /// until they have it, and then revokes it.
    static let candidates = Statement(
        "release_candidates",
        """
        SELECT s.deployment_id, s.wave, s.replaces, s.bytes_with_retries, s.cost_micros, s.currency,
            d.slot, d.tree_digest,
            d.deadline_at, d.approvals_needed, p.labels::text AS labels, h.digest AS current,
            coalesce(d.request->>'mode', 'live') AS mode,
            (d.request->'agreement')::text AS agreement,
            EXISTS (
                SELECT FROM hawser.ship_holdings AS b
                WHERE b.tenant_id = s.tenant_id AND b.ship_id = s.ship_id AND b.slot = d.slot
                    AND b.kind = 'shadow' AND b.digest = d.tree_digest
            ) AS is_candidate,
            EXISTS (
                SELECT FROM hawser.revocations AS r
                WHERE r.tenant_id = d.tenant_id AND r.tree_digest = d.tree_digest
            ) AS is_revoked,
            o.holdings_at IS NOT NULL AS has_told, c.clock_offset_ms,
            (
                SELECT count(*) FROM hawser.deployment_approvals AS a
                WHERE a.tenant_id = d.tenant_id AND a.deployment_id = d.deployment_id
                    AND a.plan_digest = d.plan_digest AND a.is_approval
            ) AS approvals,
            (
                SELECT count(*) FROM hawser.deployment_approvals AS a
                WHERE a.tenant_id = d.tenant_id AND a.deployment_id = d.deployment_id
                    AND a.plan_digest = d.plan_digest AND NOT a.is_approval
            ) AS denials
        FROM hawser.deployment_ships AS s
        JOIN hawser.deployments AS d USING (tenant_id, deployment_id)
        JOIN hawser.deployment_waves AS w USING (tenant_id, deployment_id, wave)
        JOIN hawser.ships AS p USING (tenant_id, ship_id)
        LEFT JOIN hawser.ship_counters AS o USING (tenant_id, ship_id)
        LEFT JOIN hawser.ship_contacts AS c USING (tenant_id, ship_id)
        LEFT JOIN hawser.ship_holdings AS h
            ON h.tenant_id = s.tenant_id AND h.ship_id = s.ship_id AND h.slot = d.slot
            AND h.kind = 'current'
        WHERE s.tenant_id = $1::bigint AND s.ship_id = $2::bigint
            AND s.state = 'awaiting_reconnect' AND d.state = 'running'
            AND w.state IN ('running', 'finished')
            AND p.revoked_at IS NULL
        ORDER BY s.deployment_id
        FOR UPDATE OF s
        """
    )

    /// What a policy server is asked about, of the same lines.
    ///
    /// - Parameter $3: at most so many.
    static let questions = Statement(
        "release_questions",
        """
        SELECT s.deployment_id, s.wave, s.bytes_with_retries, d.name, d.slot, d.model,
            d.model_version, d.tree_digest, d.plan_digest,
            coalesce(d.request->>'mode', 'live') AS mode, p.name AS ship,
            p.labels::text AS labels
        FROM hawser.deployment_ships AS s
        JOIN hawser.deployments AS d USING (tenant_id, deployment_id)
        JOIN hawser.deployment_waves AS w USING (tenant_id, deployment_id, wave)
        JOIN hawser.ships AS p USING (tenant_id, ship_id)
        WHERE s.tenant_id = $1::bigint AND s.ship_id = $2::bigint
            AND s.state = 'awaiting_reconnect' AND d.state = 'running'
            AND w.state IN ('running', 'finished') AND p.revoked_at IS NULL
        ORDER BY s.deployment_id
        LIMIT $3::bigint
        """
    )

    static let insertOrder = Statement(
        "insert_ship_order",
        """
        INSERT INTO hawser.ship_orders
            (tenant_id, ship_id, priority, kind, deployment_id, slot, digest, queued_at)
        VALUES (
            $1::bigint, $2::bigint, $3::integer, $4::text, $5::bigint, $6::text, $7::bytea,
            $8::timestamptz
        )
        """
    )

    /// On its way, or taken since the ship last told that it has taken nothing.
    static let knownTrust = Statement(
        "known_trust_order",
        """
        SELECT o.order_id
        FROM hawser.ship_orders AS o JOIN hawser.ship_counters AS c USING (tenant_id, ship_id)
        WHERE o.tenant_id = $1::bigint AND o.ship_id = $2::bigint AND o.kind = 'trust'
            AND o.distrusts IS NULL AND (o.answered_at IS NULL OR o.answered_at >= c.told_at)
        LIMIT 1
        """
    )

    /// Of a deployment that is paused, only what stops or takes back goes.
    static let open = Statement(
        "open_ship_orders",
        """
        SELECT o.order_id, o.kind, o.deployment_id, o.slot, o.digest, o.severity, o.signed, o.distrusts,
            d.size_bytes, d.request::text AS request, d.deadline_at, s.replaces
        FROM hawser.ship_orders AS o
        LEFT JOIN hawser.deployments AS d USING (tenant_id, deployment_id)
        LEFT JOIN hawser.deployment_ships AS s USING (tenant_id, deployment_id, ship_id)
        WHERE o.tenant_id = $1::bigint AND o.ship_id = $2::bigint AND o.answered_at IS NULL
            AND (o.kind NOT IN ('install', 'promote') OR d.state = 'running')
        ORDER BY o.counter NULLS LAST, o.priority, o.order_id
        """
    )

    static let sign = Statement(
        "sign_ship_order",
        """
        UPDATE hawser.ship_orders
        SET counter = $4::bigint, directive_id = $5::bytea, signed = $6::bytea,
            released_at = coalesce(released_at, $7::timestamptz)
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND order_id = $3::bigint
        """
    )

    static let offer = Statement(
        "offer_to_deployment_ship",
        """
        UPDATE hawser.deployment_ships
        SET state = 'offered', reason = '', activation = $4::bigint,
            released_at = coalesce(released_at, $5::timestamptz), told_at = $5::timestamptz,
            version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND ship_id = $3::bigint
            AND state IN ('awaiting_reconnect', 'offered')
        """
    )

    /// Why nothing goes to the ship now.
    static let hold = Statement(
        "hold_deployment_ship",
        """
        UPDATE hawser.deployment_ships
        SET state = $4::text, reason = $5::text, version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND ship_id = $3::bigint
            AND state = 'awaiting_reconnect' AND (state <> $4::text OR reason <> $5::text)
        """
    )

    /// The ship runs it already, whoever brought it there.
    static let holds = Statement(
        "deployment_ship_runs_it",
        """
        UPDATE hawser.deployment_ships
        SET state = 'succeeded', reason = 'it ran it already', activation = 0, position = 0,
            running = $4::bytea, reported_at = $5::bigint, told_at = $6::timestamptz,
            version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND ship_id = $3::bigint
            AND state = 'awaiting_reconnect'
        """
    )

    static let answer = Statement(
        "answer_ship_order",
        """
        UPDATE hawser.ship_orders SET answered_at = $4::timestamptz, answer = $5::text
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND directive_id = $3::bytea
            AND answered_at IS NULL
        RETURNING kind, deployment_id, counter
        """
    )

    /// It was behind what the ship had taken: it gets another counter.
    static let outrun = Statement(
        "outrun_ship_order",
        """
        UPDATE hawser.ship_orders SET counter = NULL, directive_id = NULL, signed = NULL
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND directive_id = $3::bytea
            AND answered_at IS NULL
        """
    )

    static let refuse = Statement(
        "refuse_deployment_ship",
        """
        UPDATE hawser.deployment_ships
        SET state = 'refused', reason = $5::text, position = coalesce(position, 0),
            reported_at = $6::bigint, told_at = $7::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND ship_id = $3::bigint
            AND activation = $4::bigint AND state = 'offered'
        """
    )

    /// In the order in which the ship said it: its lane brings each once, without a gap. A version that had
    /// succeeded goes back by another order's counter.
    static let record = Statement(
        "record_outcome",
        """
        UPDATE hawser.deployment_ships AS s
        SET state = $5::text, reason = $6::text, running = $7::bytea,
            position = coalesce(s.position, -1) + 1, reported_at = $8::bigint,
            told_at = $9::timestamptz, version = s.version + 1
        FROM (
            SELECT state FROM hawser.deployment_ships
            WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND ship_id = $3::bigint
            FOR UPDATE
        ) AS b
        WHERE s.tenant_id = $1::bigint AND s.deployment_id = $2::bigint AND s.ship_id = $3::bigint
            AND (
                s.activation = $4::bigint OR s.activation < $4::bigint
                AND $5::text IN ('failed_rolled_back', 'failed_not_rolled_back')
                AND EXISTS (
                    SELECT FROM hawser.ship_orders AS o
                    WHERE o.tenant_id = $1::bigint AND o.ship_id = $3::bigint
                        AND o.counter = $4::bigint AND o.kind IN ('revoke', 'roll_back')
                )
            )
        RETURNING s.wave, b.state AS before
        """
    )

    /// Trees that the ship has an order for and is not done with, and what it can begin from.
    static let wanted = Statement(
        "wanted_trees",
        """
        SELECT s.deployment_id, d.tree_digest, d.state = 'running' AS is_running, ARRAY(
            SELECT DISTINCT h.digest FROM hawser.ship_holdings AS h
            WHERE h.tenant_id = $1::bigint AND h.ship_id = $2::bigint AND h.kind <> 'partial'
        ) AS held
        FROM hawser.deployment_ships AS s
        JOIN hawser.deployments AS d USING (tenant_id, deployment_id)
        WHERE s.tenant_id = $1::bigint AND s.ship_id = $2::bigint
            AND d.state IN ('running', 'paused') AND s.state IN ('offered', 'downloading')
        ORDER BY s.deployment_id
        """
    )

    static let labels = Statement(
        "labels_of_released_ship",
        """
        SELECT labels::text AS labels FROM hawser.ships
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND revoked_at IS NULL
        """
    )

    static let all = [
        greet, markTaken, resetCounters, deleteHoldings, insertHoldings, confirmHoldings,
        lockCounter, setIssued, candidates, questions, insertOrder, knownTrust, open, sign,
        offer, hold, holds, answer, outrun, refuse, record, wanted, labels,
    ]
}

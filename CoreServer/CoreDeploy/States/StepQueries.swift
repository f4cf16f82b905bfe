import CorePostgres

enum StepQueries {
    /// Whatever is on its way and was told of, or has waited for its time.
    static let due = Statement(
        "due_deployments",
        """
        SELECT deployment_id, t.is_touched FROM hawser.deployments AS d
        CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT FROM hawser.deployment_touches AS t
                WHERE t.tenant_id = $1::bigint AND t.deployment_id = d.deployment_id
            ) AS is_touched
        ) AS t
        WHERE tenant_id = $1::bigint AND state IN ('preparing', 'running', 'stopping')
            AND (look_at <= $2::timestamptz OR t.is_touched)
        ORDER BY deployment_id
        """
    )

    /// The waves of which something was told; what comes while one looks is there at the next look.
    static let takeTouches = Statement(
        "take_deployment_touches",
        """
        WITH taken AS (
            DELETE FROM hawser.deployment_touches
            WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
            RETURNING wave
        )
        SELECT DISTINCT wave FROM taken
        """
    )

    /// A ship's wave, of a deployment that is not over.
    static let touch = Statement(
        "touch_deployment",
        """
        INSERT INTO hawser.deployment_touches (tenant_id, deployment_id, wave)
        SELECT tenant_id, deployment_id, s.wave FROM hawser.deployment_ships AS s
        JOIN hawser.deployments AS d USING (tenant_id, deployment_id)
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND s.ship_id = $3::bigint
            AND d.state IN ('preparing', 'running', 'paused', 'stopping')
        """
    )

    static let lookAt = Statement(
        "look_at_deployment",
        """
        UPDATE hawser.deployments SET look_at = $3::timestamptz
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
        """
    )

    /// With what their gates last went by; without their ships.
    static let waves = Statement(
        "stepped_waves",
        """
        SELECT w.wave, w.name, w.state, w.reason, w.ships, w.opened_at, w.ended_at, w.version,
            '{}'::text[] AS states, '{}'::bigint[] AS counts, v.verdict, v.judged_at,
            v.inputs::text AS inputs
        FROM hawser.deployment_waves AS w
        LEFT JOIN LATERAL (
            SELECT verdict, judged_at, inputs FROM hawser.gate_verdicts
            WHERE tenant_id = w.tenant_id AND deployment_id = w.deployment_id AND wave = w.wave
            ORDER BY judged_at DESC
            LIMIT 1
        ) AS v ON true
        WHERE w.tenant_id = $1::bigint AND w.deployment_id = $2::bigint
        ORDER BY w.wave
        """
    )

    /// - Parameter $3: the states of ships of which more is to come.
    static let isOpen = Statement(
        "deployment_has_open_ships",
        """
        SELECT EXISTS (
            SELECT FROM hawser.deployment_ships
            WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND state = ANY ($3::text[])
        ) AS is_open
        """
    )

    static let bases = Statement(
        "bases_of_deployment",
        """
        SELECT DISTINCT b.base FROM hawser.deployment_ships AS s
        CROSS JOIN LATERAL (VALUES (s.base), (s.replaces)) AS b (base)
        WHERE s.tenant_id = $1::bigint AND s.deployment_id = $2::bigint AND b.base IS NOT NULL
            AND s.method <> 'held' AND s.state IN ('scheduled', 'preparing', 'awaiting_reconnect')
        """
    )

    /// - Parameter $5: the kind of holding in which the version runs.
    static let evidence = Statement(
        "evidence_of_waves",
        """
        SELECT d.wave, d.state, d.activation, d.position, d.reported_at, d.running, d.contact_seconds,
            c.last_contact_at, coalesce(c.clock_offset_ms, 0) AS clock_offset_ms, o.holdings_at,
            h.digest AS runs
        FROM hawser.deployment_ships AS d
        LEFT JOIN hawser.ship_contacts AS c USING (tenant_id, ship_id)
        LEFT JOIN hawser.ship_counters AS o USING (tenant_id, ship_id)
        LEFT JOIN hawser.ship_holdings AS h
            ON h.tenant_id = d.tenant_id AND h.ship_id = d.ship_id AND h.slot = $4::text
            AND h.kind = $5::text
        WHERE d.tenant_id = $1::bigint AND d.deployment_id = $2::bigint AND d.wave = ANY ($3::integer[])
        """
    )

    /// What was judged by before is the newest again; otherwise its time moves by the minute.
    static let insertVerdict = Statement(
        "insert_gate_verdict",
        """
        INSERT INTO hawser.gate_verdicts
            (tenant_id, deployment_id, wave, evidence_digest, judged_at, verdict, reason, inputs)
        VALUES (
            $1::bigint, $2::bigint, $3::integer, $4::bytea, $5::timestamptz, $6::text, $7::text,
            $8::jsonb
        )
        ON CONFLICT (tenant_id, deployment_id, wave, evidence_digest) DO UPDATE
        SET judged_at = EXCLUDED.judged_at, inputs = EXCLUDED.inputs, reason = EXCLUDED.reason
        WHERE gate_verdicts.judged_at < EXCLUDED.judged_at - interval '1 minute' OR EXISTS (
            SELECT FROM hawser.gate_verdicts AS later
            WHERE later.tenant_id = $1::bigint AND later.deployment_id = $2::bigint
                AND later.wave = $3::integer AND later.judged_at > gate_verdicts.judged_at
        )
        """
    )

    static let all = [
        due, takeTouches, touch, lookAt, waves, isOpen, bases, evidence, insertVerdict,
    ]
}

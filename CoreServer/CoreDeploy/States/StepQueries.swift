import CorePostgres

enum StepQueries {
    static let bases = Statement(
        "bases_of_deployment",
        """
        SELECT DISTINCT base FROM hawser.deployment_ships
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint AND base IS NOT NULL
            AND state IN ('scheduled', 'preparing', 'awaiting_reconnect')
        """
    )

    /// - Parameter $5: the kind of holding in which the version runs.
    static let evidence = Statement(
        "evidence_of_wave",
        """
        SELECT d.state, d.activation, d.position, d.reported_at, d.running, d.contact_seconds,
            c.last_contact_at, coalesce(c.clock_offset_ms, 0) AS clock_offset_ms, o.holdings_at,
            h.digest AS runs
        FROM hawser.deployment_ships AS d
        LEFT JOIN hawser.ship_contacts AS c USING (tenant_id, ship_id)
        LEFT JOIN hawser.ship_counters AS o USING (tenant_id, ship_id)
        LEFT JOIN hawser.ship_holdings AS h
            ON h.tenant_id = d.tenant_id AND h.ship_id = d.ship_id AND h.slot = $4::text
            AND h.kind = $5::text
        WHERE d.tenant_id = $1::bigint AND d.deployment_id = $2::bigint AND d.wave = $3::integer
        """
    )

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
        WHERE gate_verdicts.judged_at < EXCLUDED.judged_at - interval '1 minute'
        """
    )

    static let all = [bases, evidence, insertVerdict]
}

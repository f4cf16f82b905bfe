import CorePostgres

/// Candidates, and what is known of them.
enum CandidateQueries {
    /// Ships that run a tree in the shadow of a slot, or one of them, with how it agreed since a day.
    ///
    /// - Parameter $5: the ship; 0 for all.
    static let candidates = Statement(
        "candidates_in_shadow",
        """
        SELECT h.ship_id, coalesce(a.agreeing, 0) AS agreeing,
            coalesce(a.disagreeing, 0) AS disagreeing
        FROM hawser.ship_holdings AS h
        LEFT JOIN (
            SELECT ship_id, sum(agreeing)::bigint AS agreeing,
                sum(disagreeing)::bigint AS disagreeing
            FROM hawser.shadow_agreements
            WHERE tenant_id = $1::bigint AND slot = $2::text AND digest = $3::bytea
                AND day >= $4::integer AND ($5::bigint = 0 OR ship_id = $5::bigint)
            GROUP BY ship_id
        ) AS a USING (ship_id)
        WHERE h.tenant_id = $1::bigint AND h.slot = $2::text AND h.kind = 'shadow'
            AND h.digest = $3::bytea AND ($5::bigint = 0 OR h.ship_id = $5::bigint)
        """
    )

    /// A day may be told in parts: a candidate that went and came again.
    static let record = Statement(
        "record_shadow_agreement",
        """
        INSERT INTO hawser.shadow_agreements AS a
            (tenant_id, ship_id, slot, digest, day, agreeing, disagreeing, difference_sum,
            difference_most)
        VALUES (
            $1::bigint, $2::bigint, $3::text, $4::bytea, $5::integer, $6::bigint, $7::bigint,
            $8::double precision, $9::double precision
        )
        ON CONFLICT (tenant_id, ship_id, slot, digest, day) DO UPDATE
        SET agreeing = a.agreeing + EXCLUDED.agreeing,
            disagreeing = a.disagreeing + EXCLUDED.disagreeing,
            difference_sum = a.difference_sum + EXCLUDED.difference_sum,
            difference_most = greatest(a.difference_most, EXCLUDED.difference_most)
        """
    )

    /// Ships on which a deployment succeeded.
    static let succeeded = Statement(
        "succeeded_ships_of_deployment",
        """
        SELECT s.name FROM hawser.deployment_ships AS d
        JOIN hawser.ships AS s USING (tenant_id, ship_id)
        WHERE d.tenant_id = $1::bigint AND d.deployment_id = $2::bigint AND d.state = 'succeeded'
            AND s.revoked_at IS NULL
        """
    )

    static let all = [candidates, record, succeeded]
}

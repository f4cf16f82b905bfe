import CorePostgres

enum PromotionQueries {
    private static let columns = """
        promotion_id, registered_model_id, model, version, target, state, reason,
        evidence::text AS evidence, verdict::text AS verdict, requested_by, requested_by_name,
        requested_roles IS NOT NULL AS has_roles, coalesce(requested_roles, '{}') AS requested_roles,
        created_at, expires_at, decided_at, revision
        """

    static let byID = Statement(
        "promotion_by_id",
        """
        SELECT \(columns), expires_at <= $3::timestamptz AS is_past FROM hawser.promotions
        WHERE tenant_id = $1::bigint AND promotion_id = $2::bigint
        """
    )

    static let lock = Statement(
        "lock_promotion",
        """
        SELECT \(columns), expires_at <= $3::timestamptz AS is_past FROM hawser.promotions
        WHERE tenant_id = $1::bigint AND promotion_id = $2::bigint
        FOR UPDATE
        """
    )

    /// Newest first. An empty text is any. What waited for too long is expired, whatever is stored.
    static let page = Statement(
        "promotions",
        """
        SELECT \(columns), expires_at <= $6::timestamptz AS is_past FROM hawser.promotions
        WHERE tenant_id = $1::bigint AND promotion_id < $2::bigint
            AND ($3::text = '' OR model = $3::text)
            AND (
                $4::text = '' OR $4::text = CASE
                    WHEN state = 'waiting' AND expires_at <= $6::timestamptz THEN 'expired'
                    ELSE state
                END
            )
        ORDER BY promotion_id DESC
        LIMIT $5::bigint
        """
    )

    /// Those that wait for approvals, of the tenant and of one model.
    static let waiting = Statement(
        "count_waiting_promotions",
        """
        SELECT count(*) AS promotions,
            count(*) FILTER (WHERE registered_model_id = $2::bigint) AS of_model
        FROM hawser.promotions
        WHERE tenant_id = $1::bigint AND state = 'waiting' AND expires_at > $3::timestamptz
        """
    )

    static let insert = Statement(
        "insert_promotion",
        """
        INSERT INTO hawser.promotions
            (tenant_id, promotion_id, registered_model_id, model, version, target, state, reason,
            evidence, verdict, requested_by, requested_by_name, created_at, expires_at, decided_at,
            requested_roles)
        VALUES (
            $1::bigint, nextval('hawser.promotion_numbers'), $2::bigint, $3::text, $4::bigint,
            $5::text, $6::text, $7::text, $8::jsonb, $9::jsonb, $10::bigint, $11::text,
            $12::timestamptz, $13::timestamptz, $14::timestamptz, $15::text[]
        )
        RETURNING \(columns), false AS is_past
        """
    )

    static let decide = Statement(
        "decide_promotion",
        """
        UPDATE hawser.promotions
        SET state = $3::text, verdict = $4::jsonb, decided_at = $5::timestamptz,
            revision = revision + 1
        WHERE tenant_id = $1::bigint AND promotion_id = $2::bigint
        RETURNING \(columns), false AS is_past
        """
    )

    static let approve = Statement(
        "approve_promotion",
        """
        INSERT INTO hawser.promotion_approvals
            (tenant_id, promotion_id, user_id, user_name, is_approval, comment, at, roles)
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::text, $5::boolean, $6::text, $7::timestamptz,
            $8::text[]
        )
        ON CONFLICT DO NOTHING
        """
    )

    static let approvers = Statement(
        "approvers_of_promotion",
        """
        SELECT user_name, roles FROM hawser.promotion_approvals
        WHERE tenant_id = $1::bigint AND promotion_id = $2::bigint AND is_approval
        ORDER BY at, user_id
        """
    )

    /// The model's row is locked by who moves: numbers have no gaps and no doubles.
    static let move = Statement(
        "insert_model_move",
        """
        INSERT INTO hawser.model_moves
            (tenant_id, registered_model_id, move_number, target, from_version, to_version, at,
            actor, promotion_id)
        SELECT $1::bigint, $2::bigint, coalesce(max(move_number), 0) + 1, $3::text, $4::bigint,
            $5::bigint, $6::timestamptz, $7::text, $8::bigint
        FROM hawser.model_moves
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint
        """
    )

    static let moves = Statement(
        "model_moves",
        """
        SELECT v.move_number, v.target, v.from_version, v.to_version, v.at, v.actor, v.promotion_id
        FROM hawser.model_moves AS v
        JOIN hawser.registered_models AS m
            ON m.tenant_id = v.tenant_id AND m.registered_model_id = v.registered_model_id
        WHERE v.tenant_id = $1::bigint AND m.name = $2::text AND v.move_number < $3::bigint
            AND ($4::text = '' OR v.target = $4::text)
        ORDER BY v.move_number DESC
        LIMIT $5::bigint
        """
    )

    static let all = [
        byID, lock, page, waiting, insert, decide, approve, approvers, move, moves,
    ]
}

import CorePostgres

enum IdempotencyQueries {
    static let forget = Statement(
        "forget_idempotent_requests",
        """
        DELETE FROM hawser.idempotent_requests
        WHERE tenant_id = $1::bigint AND created_at < $2::timestamptz
        """
    )

    /// Of two at once, the second waits here for the first's row.
    static let claim = Statement(
        "claim_idempotent_request",
        """
        INSERT INTO hawser.idempotent_requests (tenant_id, user_id, key, request_hash, created_at)
        VALUES ($1::bigint, $2::bigint, $3::text, $4::bytea, $5::timestamptz)
        ON CONFLICT DO NOTHING
        RETURNING key
        """
    )

    static let find = Statement(
        "idempotent_request",
        """
        SELECT request_hash, status, headers::text AS headers, body
        FROM hawser.idempotent_requests
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint AND key = $3::text
        """
    )

    static let store = Statement(
        "store_idempotent_answer",
        """
        UPDATE hawser.idempotent_requests
        SET status = $4::integer, headers = $5::jsonb, body = $6::text
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint AND key = $3::text
        """
    )

    static let release = Statement(
        "release_idempotent_request",
        """
        DELETE FROM hawser.idempotent_requests
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint AND key = $3::text
            AND status IS NULL
        """
    )

    static let all = [forget, claim, find, store, release]
}

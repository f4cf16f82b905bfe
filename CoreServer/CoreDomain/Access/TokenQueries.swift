import CorePostgres

enum TokenQueries {
    private static let select = """
        SELECT t.token_id, u.name AS user_name, t.name, t.scopes IS NOT NULL AS is_scoped,
            coalesce(t.scopes, '{}') AS scopes, t.created_at, t.expires_at, t.revoked_at,
            t.last_used_at, t.version
        FROM hawser.api_tokens AS t
        JOIN hawser.users AS u USING (tenant_id, user_id)
        """

    static let list = Statement(
        "tokens",
        """
        \(select)
        WHERE t.tenant_id = $1::bigint AND t.token_id > $2::bigint
            AND ($3::text IS NULL OR u.name = $3::text)
            AND ($4::boolean IS NULL OR (t.revoked_at IS NOT NULL) = $4::boolean)
        ORDER BY t.token_id
        LIMIT $5::bigint
        """
    )

    static let find = Statement(
        "token",
        "\(select) WHERE t.tenant_id = $1::bigint AND t.token_id = $2::bigint"
    )

    static let revoke = Statement(
        "revoke_token",
        """
        UPDATE hawser.api_tokens SET revoked_at = $3::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND token_id = $2::bigint AND revoked_at IS NULL
        """
    )

    static let all = [list, find, revoke]
}

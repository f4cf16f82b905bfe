import CorePostgres

enum UserQueries {
    private static let columns = """
        user_id, kind, name, display_name, email, oidc_issuer, oidc_subject,
        password_hash IS NOT NULL AS has_password, disabled_at, created_at, updated_at, version
        """

    static let list = Statement(
        "users",
        """
        SELECT \(columns) FROM hawser.users
        WHERE tenant_id = $1::bigint AND name > $2::text
            AND ($3::text IS NULL OR kind = $3::text)
            AND ($4::boolean IS NULL OR (disabled_at IS NOT NULL) = $4::boolean)
        ORDER BY name
        LIMIT $5::bigint
        """
    )

    static let byName = Statement(
        "user_by_name",
        "SELECT \(columns) FROM hawser.users WHERE tenant_id = $1::bigint AND name = $2::text"
    )

    static let insert = Statement(
        "insert_user",
        """
        INSERT INTO hawser.users (
            tenant_id, user_id, kind, name, display_name, email, oidc_issuer, oidc_subject,
            disabled_at, created_at, updated_at
        )
        VALUES (
            $1::bigint, nextval('hawser.user_numbers'), $2::text, $3::text, $4::text, $5::text,
            $6::text, $7::text, $8::timestamptz, $9::timestamptz, $9::timestamptz
        )
        RETURNING \(columns)
        """
    )

    static let update = Statement(
        "update_user",
        """
        UPDATE hawser.users
        SET display_name = $3::text, email = $4::text, oidc_issuer = $5::text,
            oidc_subject = $6::text, disabled_at = $7::timestamptz, updated_at = $8::timestamptz,
            version = version + 1
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint
        RETURNING \(columns)
        """
    )

    static let endTokens = Statement(
        "end_tokens_of_user",
        """
        UPDATE hawser.api_tokens SET revoked_at = $3::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint AND revoked_at IS NULL
        """
    )

    static let endSessions = Statement(
        "end_sessions_of_user",
        """
        UPDATE hawser.sessions SET ended_at = $3::timestamptz
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint AND ended_at IS NULL
        """
    )

    /// What goes before the user does.
    static let deletions = ["role_bindings", "api_tokens", "sessions", "users"].map { table in
        Statement(
            "delete_user_\(table)",
            "DELETE FROM hawser.\(table) WHERE tenant_id = $1::bigint AND user_id = $2::bigint"
        )
    }

    static let all = [list, byName, insert, update, endTokens, endSessions] + deletions
}

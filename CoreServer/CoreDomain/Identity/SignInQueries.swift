import CorePostgres

/// Passwords and the sessions that they open.
enum SignInQueries {
    static let password = Statement(
        "password_of_user",
        """
        SELECT user_id, name, kind, password_hash, oidc_issuer, disabled_at
        FROM hawser.users
        WHERE tenant_id = $1::bigint AND name = $2::text
        """
    )

    static let passwordByID = Statement(
        "password_of_user_by_id",
        """
        SELECT user_id, name, kind, password_hash, oidc_issuer, disabled_at
        FROM hawser.users
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint
        """
    )

    static let setPassword = Statement(
        "set_password",
        """
        UPDATE hawser.users
        SET password_hash = $3::text, updated_at = $4::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint
        """
    )

    static let insertPerson = Statement(
        "insert_person",
        """
        INSERT INTO hawser.users
            (tenant_id, user_id, kind, name, display_name, email, oidc_issuer, oidc_subject,
            created_at, updated_at)
        VALUES (
            $1::bigint, nextval('hawser.user_numbers'), 'person', $2::text, $3::text, $4::text,
            $5::text, $6::text, $7::timestamptz, $7::timestamptz
        )
        ON CONFLICT DO NOTHING
        RETURNING user_id
        """
    )

    static let bySubject = Statement(
        "user_by_subject",
        """
        SELECT user_id, name, disabled_at
        FROM hawser.users
        WHERE tenant_id = $1::bigint AND oidc_issuer = $2::text AND oidc_subject = $3::text
        """
    )

    static let revision = Statement(
        "grants_revision",
        "SELECT grants_revision FROM hawser.tenants WHERE tenant_id = $1::bigint"
    )

    static let nextSession = Statement(
        "next_session_number",
        "SELECT nextval('hawser.session_numbers') AS session_id"
    )

    static let insertSession = Statement(
        "insert_session",
        """
        INSERT INTO hawser.sessions
            (tenant_id, session_id, user_id, secret_hash, created_at, seen_at, expires_at,
            token_id, roles)
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::bytea, $5::timestamptz, $5::timestamptz,
            $6::timestamptz, $7::bigint, $8::text[]
        )
        """
    )

    static let session = Statement(
        "session",
        """
        SELECT s.user_id, s.secret_hash, s.expires_at, s.seen_at, s.token_id,
            coalesce(s.roles, '{}') AS roles, u.name, n.grants_revision,
            t.scopes IS NOT NULL AS is_scoped, coalesce(t.scopes, '{}') AS scopes
        FROM hawser.sessions AS s
        JOIN hawser.users AS u USING (tenant_id, user_id)
        JOIN hawser.tenants AS n USING (tenant_id)
        LEFT JOIN hawser.api_tokens AS t USING (tenant_id, token_id)
        WHERE s.tenant_id = $1::bigint AND s.session_id = $2::bigint
            AND s.ended_at IS NULL AND u.disabled_at IS NULL
            AND (s.token_id IS NULL
                OR (t.revoked_at IS NULL AND t.expires_at > $3::timestamptz))
        """
    )

    static let seen = Statement(
        "session_seen",
        """
        UPDATE hawser.sessions SET seen_at = $3::timestamptz
        WHERE tenant_id = $1::bigint AND session_id = $2::bigint
        """
    )

    static let end = Statement(
        "end_session",
        """
        UPDATE hawser.sessions SET ended_at = $3::timestamptz
        WHERE tenant_id = $1::bigint AND session_id = $2::bigint AND ended_at IS NULL
        """
    )

    /// All of a user's but one: the one that changed the password goes on.
    static let endOthers = Statement(
        "end_sessions_of_user",
        """
        UPDATE hawser.sessions SET ended_at = $3::timestamptz
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint AND ended_at IS NULL
            AND session_id <> $4::bigint
        """
    )

    static let forget = Statement(
        "forget_sessions",
        """
        DELETE FROM hawser.sessions
        WHERE tenant_id = $1::bigint AND user_id = $2::bigint AND expires_at < $3::timestamptz
        """
    )

    static let all = [
        password, passwordByID, setPassword, insertPerson, bySubject, revision, nextSession,
        insertSession, session, seen, end, endOthers, forget,
    ]
}

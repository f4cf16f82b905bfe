import CorePostgres

/// Tokens, and what their owners may do.
enum AccessQueries {
    static let nextNumber = Statement(
        "next_token_number",
        "SELECT nextval('hawser.token_numbers') AS token_id"
    )

    static let insert = Statement(
        "insert_api_token",
        """
        INSERT INTO hawser.api_tokens
            (tenant_id, token_id, user_id, name, scopes, secret_hash, created_at, expires_at)
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::text, $5::text[], $6::bytea, $7::timestamptz,
            $8::timestamptz
        )
        """
    )

    static let find = Statement(
        "api_token",
        """
        SELECT t.secret_hash, t.expires_at, t.revoked_at, t.last_used_at, t.user_id,
            t.scopes IS NOT NULL AS is_scoped, coalesce(t.scopes, '{}') AS scopes,
            u.name, u.disabled_at, n.grants_revision
        FROM hawser.api_tokens AS t
        JOIN hawser.users AS u USING (tenant_id, user_id)
        JOIN hawser.tenants AS n USING (tenant_id)
        WHERE t.tenant_id = $1::bigint AND t.token_id = $2::bigint
        """
    )

    static let used = Statement(
        "api_token_used",
        """
        UPDATE hawser.api_tokens SET last_used_at = $3::timestamptz
        WHERE tenant_id = $1::bigint AND token_id = $2::bigint
        """
    )

    /// What somebody may do at a moment.
    static let grants = Statement(
        "grants_of_user",
        """
        SELECT b.role, b.ship_id, f.selector::text AS selector, b.valid_until
        FROM hawser.role_bindings AS b
        LEFT JOIN hawser.fleets AS f USING (tenant_id, fleet_id)
        WHERE b.tenant_id = $1::bigint AND b.user_id = $2::bigint
            AND (b.valid_from <= $3::timestamptz OR $4::boolean)
            AND (b.valid_until IS NULL OR b.valid_until > $3::timestamptz)
            AND (b.fleet_id IS NULL OR f.fleet_id IS NOT NULL)
        ORDER BY b.binding_id
        """
    )

    /// Those who run the tenant for good, and those of them or for a time who can come in.
    static let admins = Statement(
        "tenant_admins",
        """
        SELECT
            count(*) FILTER (WHERE b.valid_until IS NULL) AS lasting,
            count(*) FILTER (
                WHERE (b.valid_until IS NULL OR b.valid_until > $2::timestamptz)
                    AND (
                        u.password_hash IS NOT NULL OR u.oidc_subject IS NOT NULL
                        OR EXISTS (
                            SELECT FROM hawser.api_tokens AS t
                            WHERE t.tenant_id = u.tenant_id AND t.user_id = u.user_id
                                AND t.scopes IS NULL AND t.revoked_at IS NULL
                                AND t.expires_at > $2::timestamptz
                        )
                    )
            ) AS able
        FROM hawser.role_bindings AS b
        JOIN hawser.users AS u USING (tenant_id, user_id)
        WHERE b.tenant_id = $1::bigint AND b.role IN ('admin', 'system')
            AND b.fleet_id IS NULL AND b.ship_id IS NULL
            AND b.valid_from <= $2::timestamptz AND u.disabled_at IS NULL
        """
    )

    static let serviceAccount = Statement(
        "service_account",
        """
        SELECT user_id FROM hawser.users
        WHERE tenant_id = $1::bigint AND name = $2::text AND kind = 'service'
            AND disabled_at IS NULL
        """
    )

    static let insertServiceAccount = Statement(
        "insert_service_account",
        """
        INSERT INTO hawser.users
            (tenant_id, user_id, kind, name, display_name, created_at, updated_at)
        VALUES (
            $1::bigint, nextval('hawser.user_numbers'), 'service', $2::text, $2::text,
            $3::timestamptz, $3::timestamptz
        )
        ON CONFLICT (tenant_id, name) DO NOTHING
        RETURNING user_id
        """
    )

    static let insertBinding = Statement(
        "insert_tenant_binding",
        """
        INSERT INTO hawser.role_bindings
            (tenant_id, binding_id, user_id, role, valid_from, granted_by, created_at)
        VALUES (
            $1::bigint, nextval('hawser.binding_numbers'), $2::bigint, $3::text, $4::timestamptz,
            $5::text, $4::timestamptz
        )
        """
    )

    static let touchRevision = Statement(
        "touch_grants_revision",
        """
        UPDATE hawser.tenants SET grants_revision = grants_revision + 1
        WHERE tenant_id = $1::bigint
        """
    )

    static let all = [
        nextNumber, insert, find, used, grants, admins, serviceAccount, insertServiceAccount,
        insertBinding,
        touchRevision,
    ]
}

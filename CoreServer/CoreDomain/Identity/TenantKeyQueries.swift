import CorePostgres

enum TenantKeyQueries {
    static let newest = Statement(
        "newest_tenant_key",
        """
        SELECT key_number, sealed_key FROM hawser.tenant_keys
        WHERE tenant_id = $1::bigint AND retired_at IS NULL
        ORDER BY key_number DESC
        LIMIT 1
        """
    )

    static let byNumber = Statement(
        "tenant_key",
        """
        SELECT key_number, sealed_key FROM hawser.tenant_keys
        WHERE tenant_id = $1::bigint AND key_number = $2::bigint
        """
    )

    /// One at a time: a tenant that is being deleted gets none.
    static let lock = Statement(
        "lock_tenant_keys",
        """
        SELECT coalesce(
            (SELECT max(key_number) FROM hawser.tenant_keys WHERE tenant_id = $1::bigint), 0
        ) AS key_number
        FROM hawser.tenants
        WHERE tenant_id = $1::bigint AND ending_at IS NULL
        FOR UPDATE
        """
    )

    static let retire = Statement(
        "retire_tenant_keys",
        """
        UPDATE hawser.tenant_keys SET retired_at = $2::timestamptz
        WHERE tenant_id = $1::bigint AND retired_at IS NULL
        """
    )

    static let insert = Statement(
        "insert_tenant_key",
        """
        INSERT INTO hawser.tenant_keys (tenant_id, key_number, sealed_key, sealed_by, created_at)
        VALUES ($1::bigint, $2::bigint, $3::bytea, $4::bytea, $5::timestamptz)
        """
    )

    static let list = Statement(
        "tenant_keys",
        """
        SELECT key_number, created_at, retired_at FROM hawser.tenant_keys
        WHERE tenant_id = $1::bigint
        ORDER BY key_number DESC
        LIMIT 1000
        """
    )

    static let wrappedByOthers = Statement(
        "tenant_keys_of_older_seals",
        """
        SELECT key_number, sealed_key FROM hawser.tenant_keys
        WHERE tenant_id = $1::bigint AND sealed_by <> $2::bytea
        FOR UPDATE
        """
    )

    static let rewrap = Statement(
        "rewrap_tenant_key",
        """
        UPDATE hawser.tenant_keys SET sealed_key = $3::bytea, sealed_by = $4::bytea
        WHERE tenant_id = $1::bigint AND key_number = $2::bigint
        """
    )

    static let all = [newest, byNumber, lock, retire, insert, list, wrappedByOthers, rewrap]
}

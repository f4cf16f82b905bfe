import CorePostgres

/// The end of a tenant. Which tables there are is found out, not listed.
enum TenantEndQueries {
    static let begin = Statement(
        "begin_tenant_end",
        """
        UPDATE hawser.tenants SET ending_at = coalesce(ending_at, $2::timestamptz)
        WHERE tenant_id = $1::bigint
        """
    )

    static let ending = Statement(
        "ending_tenants",
        "SELECT tenant_id FROM hawser.ending_tenants() AS tenant_id"
    )

    static let revokeShips = Statement(
        "revoke_ships_of_tenant_end",
        """
        UPDATE hawser.ships SET revoked_at = coalesce(revoked_at, $2::timestamptz)
        WHERE tenant_id = $1::bigint
        RETURNING ship_id
        """
    )

    static let announce = Statement(
        "announce_tenant_end",
        "SELECT pg_notify($1::text, $2::text)"
    )

    /// Each table with a tenant, and those that refer to it.
    static let tables = Statement(
        "tenant_tables",
        """
        SELECT class.relname::text AS name, coalesce(
            (
                SELECT array_agg(DISTINCT child.relname::text)
                FROM pg_catalog.pg_constraint
                JOIN pg_catalog.pg_class AS child ON child.oid = conrelid
                WHERE confrelid = class.oid AND contype = 'f' AND conrelid <> confrelid
                    AND NOT child.relispartition
            ),
            '{}'
        ) AS referring
        FROM pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_attribute AS attribute
            ON attrelid = class.oid AND attname = 'tenant_id' AND NOT attisdropped
        WHERE class.relnamespace = to_regnamespace('hawser') AND class.relkind IN ('r', 'p')
            AND NOT class.relispartition
        ORDER BY class.relname
        """
    )

    static let erase = Statement(
        "erase_tenant_rows",
        "SELECT hawser.erase_rows($1::text, $2::bigint, $3::integer) AS erased"
    )

    /// What can be exported, and by which columns its rows stand in order.
    static let exportable = Statement(
        "exportable_tables",
        """
        SELECT quote_ident(class.relname) AS name,
            (
                SELECT array_agg(quote_ident(attname) ORDER BY attnum)
                FROM pg_catalog.pg_attribute
                WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped
                    AND attname !~ '(secret|password|sealed)'
            ) AS columns,
            coalesce(key.keys, '{}') AS keys, coalesce(key.types, '{}') AS types
        FROM pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_attribute AS tenant
            ON tenant.attrelid = class.oid AND tenant.attname = 'tenant_id'
            AND NOT tenant.attisdropped
        LEFT JOIN LATERAL (
            SELECT array_agg(quote_ident(attname) ORDER BY place) AS keys,
                array_agg(format_type(atttypid, atttypmod) ORDER BY place) AS types
            FROM pg_catalog.pg_constraint
            CROSS JOIN LATERAL unnest(conkey) WITH ORDINALITY AS part (number, place)
            JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attnum = part.number
            WHERE conrelid = class.oid AND contype = 'p' AND attname <> 'tenant_id'
        ) AS key ON true
        WHERE class.relnamespace = to_regnamespace('hawser') AND class.relkind IN ('r', 'p')
            AND NOT class.relispartition AND class.relname <> ALL ($1::text[])
        ORDER BY class.relname
        """
    )

    static let all = [begin, ending, revokeShips, announce, tables, erase, exportable]
}

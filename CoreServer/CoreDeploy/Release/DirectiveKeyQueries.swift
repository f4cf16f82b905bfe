import CorePostgres

enum DirectiveKeyQueries {
    static let known = Statement(
        "known_directive_keys",
        """
        SELECT key_id, is_trusted FROM hawser.ship_directive_keys
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        """
    )

    static let note = Statement(
        "note_directive_key",
        """
        INSERT INTO hawser.ship_directive_keys (tenant_id, ship_id, key_id, is_trusted, told_at)
        VALUES ($1::bigint, $2::bigint, $3::bytea, $4::boolean, $5::timestamptz)
        ON CONFLICT (tenant_id, ship_id, key_id) DO UPDATE
        SET is_trusted = EXCLUDED.is_trusted, told_at = EXCLUDED.told_at
        WHERE ship_directive_keys.is_trusted <> EXCLUDED.is_trusted
        """
    )

    /// As it was signed, of an order that has not been answered.
    static let signed = Statement(
        "signed_open_order",
        """
        SELECT signed FROM hawser.ship_orders
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND directive_id = $3::bytea
            AND answered_at IS NULL AND signed IS NOT NULL
        """
    )

    /// About keys, signed, and not answered, up to a counter that the ship has taken.
    static let passed = Statement(
        "passed_key_orders",
        """
        SELECT signed FROM hawser.ship_orders
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND kind = 'trust'
            AND answered_at IS NULL AND counter <= $3::bigint AND signed IS NOT NULL
        ORDER BY counter
        """
    )

    /// On their way.
    static let open = Statement(
        "open_key_orders",
        """
        SELECT distrusts FROM hawser.ship_orders
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND kind = 'trust'
            AND answered_at IS NULL
        """
    )

    static let insert = Statement(
        "insert_key_order",
        """
        INSERT INTO hawser.ship_orders
            (tenant_id, ship_id, priority, kind, distrusts, queued_at)
        VALUES ($1::bigint, $2::bigint, $3::integer, 'trust', $4::bytea, $5::timestamptz)
        """
    )

    /// How many ships are known to obey a key.
    static let obeying = Statement(
        "ships_obeying_keys",
        """
        SELECT key_id, count(*) AS ships FROM hawser.ship_directive_keys AS k
        JOIN hawser.ships AS s USING (tenant_id, ship_id)
        WHERE k.tenant_id = $1::bigint AND k.is_trusted AND s.revoked_at IS NULL
        GROUP BY key_id
        """
    )

    static let ships = [known, note, signed, passed, open, insert]
    static let people = [obeying]
    static let all = ships + people
}

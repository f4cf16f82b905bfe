import CorePostgres

enum BindingQueries {
    private static let select = """
        SELECT b.binding_id, u.name AS user_name, b.role, f.name AS fleet_name, s.name AS ship_name,
            b.valid_from, b.valid_until, b.granted_by, b.reason, b.created_at, b.version,
            b.user_id, b.fleet_id, b.ship_id, f.selector::text AS selector
        FROM hawser.role_bindings AS b
        JOIN hawser.users AS u USING (tenant_id, user_id)
        LEFT JOIN hawser.fleets AS f USING (tenant_id, fleet_id)
        LEFT JOIN hawser.ships AS s ON s.tenant_id = b.tenant_id AND s.ship_id = b.ship_id
        """

    static let list = Statement(
        "bindings",
        """
        \(select)
        WHERE b.tenant_id = $1::bigint AND b.binding_id > $2::bigint
            AND ($3::text IS NULL OR u.name = $3::text)
            AND ($4::text IS NULL OR b.role = $4::text)
            AND ($5::text IS NULL OR f.name = $5::text)
            AND ($6::text IS NULL OR s.name = $6::text)
        ORDER BY b.binding_id
        LIMIT $7::bigint
        """
    )

    static let find = Statement(
        "binding",
        "\(select) WHERE b.tenant_id = $1::bigint AND b.binding_id = $2::bigint"
    )

    /// What a fleet's and a ship's names mean.
    static let place = Statement(
        "binding_place",
        """
        SELECT f.fleet_id, f.selector::text AS selector, s.ship_id
        FROM (SELECT $1::bigint AS tenant_id) AS t
        LEFT JOIN hawser.fleets AS f ON f.tenant_id = t.tenant_id AND f.name = $2::text
        LEFT JOIN hawser.ships AS s ON s.tenant_id = t.tenant_id AND s.name = $3::text
        """
    )

    static let insert = Statement(
        "insert_binding",
        """
        INSERT INTO hawser.role_bindings (
            tenant_id, binding_id, user_id, role, fleet_id, ship_id, valid_from, valid_until,
            granted_by, reason, created_at
        )
        VALUES (
            $1::bigint, nextval('hawser.binding_numbers'), $2::bigint, $3::text,
            $4::bigint, $5::bigint, $6::timestamptz, $7::timestamptz, $8::text, $9::text, $10::timestamptz
        )
        RETURNING binding_id
        """
    )

    static let update = Statement(
        "update_binding",
        """
        UPDATE hawser.role_bindings
        SET role = $3::text, valid_until = $4::timestamptz, reason = $5::text,
            version = version + 1
        WHERE tenant_id = $1::bigint AND binding_id = $2::bigint
        """
    )

    static let delete = Statement(
        "delete_binding",
        """
        DELETE FROM hawser.role_bindings
        WHERE tenant_id = $1::bigint AND binding_id = $2::bigint
        """
    )

    static let all = [list, find, place, insert, update, delete]
}

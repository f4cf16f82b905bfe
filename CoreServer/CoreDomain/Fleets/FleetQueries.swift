import CorePostgres

enum FleetQueries {
    private static let columns = """
        fleet_id, name, description, selector::text AS selector, created_at, updated_at, version
        """

    static let list = Statement(
        "fleets",
        """
        SELECT \(columns) FROM hawser.fleets
        WHERE tenant_id = $1::bigint AND name > $2::text
        ORDER BY name
        LIMIT $3::bigint
        """
    )

    static let byName = Statement(
        "fleet_by_name",
        "SELECT \(columns) FROM hawser.fleets WHERE tenant_id = $1::bigint AND name = $2::text"
    )

    static let insert = Statement(
        "insert_fleet",
        """
        INSERT INTO hawser.fleets
            (tenant_id, fleet_id, name, description, selector, created_at, updated_at)
        VALUES (
            $1::bigint, nextval('hawser.fleet_numbers'), $2::text, $3::text, $4::jsonb,
            $5::timestamptz, $5::timestamptz
        )
        RETURNING \(columns)
        """
    )

    static let update = Statement(
        "update_fleet",
        """
        UPDATE hawser.fleets
        SET description = $3::text, selector = $4::jsonb, updated_at = $5::timestamptz,
            version = version + 1
        WHERE tenant_id = $1::bigint AND fleet_id = $2::bigint
        RETURNING \(columns)
        """
    )

    static let delete = Statement(
        "delete_fleet",
        "DELETE FROM hawser.fleets WHERE tenant_id = $1::bigint AND fleet_id = $2::bigint"
    )

    /// The roles that are given over fleets, now or later.
    static let roles = Statement(
        "fleet_roles",
        """
        SELECT DISTINCT f.fleet_id, f.selector::text AS selector, b.role
        FROM hawser.role_bindings AS b
        JOIN hawser.fleets AS f USING (tenant_id, fleet_id)
        WHERE b.tenant_id = $1::bigint
            AND (b.valid_until IS NULL OR b.valid_until > $2::timestamptz)
        """
    )

    static let all = [list, byName, insert, update, delete, roles]
}

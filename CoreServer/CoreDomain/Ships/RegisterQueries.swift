import CorePostgres

/// The register of ships, with all that it says.
enum RegisterQueries {
    private static let columns = """
        ship_id, name, class, owner, labels::text AS labels, bearers::text AS bearers, revoked_at,
        created_at, updated_at, version, (
            SELECT last_contact_at FROM hawser.ship_contacts AS contact
            WHERE contact.tenant_id = ships.tenant_id AND contact.ship_id = ships.ship_id
        ) AS last_contact_at
        """

    static let list = Statement(
        "ship_records",
        """
        SELECT \(columns) FROM hawser.ships
        WHERE tenant_id = $1::bigint AND name > $2::text
            AND ($3::text IS NULL OR class = $3::text)
            AND ($4::text IS NULL OR owner = $4::text)
            AND ($5::boolean IS NULL OR (revoked_at IS NOT NULL) = $5::boolean)
            AND labels @> $6::jsonb
        ORDER BY name
        LIMIT $7::bigint
        """
    )

    static let find = Statement(
        "ship_record",
        """
        SELECT \(columns) FROM hawser.ships
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        """
    )

    static let update = Statement(
        "update_ship",
        """
        UPDATE hawser.ships
        SET class = $3::text, owner = $4::text, labels = $5::jsonb, bearers = $6::jsonb,
            updated_at = $7::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        RETURNING \(columns)
        """
    )

    static let all = [list, find, update]
}

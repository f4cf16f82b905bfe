import CorePostgres

enum TenantQueries {
    static let nextNumber = Statement(
        "next_tenant_number",
        "SELECT nextval('hawser.tenant_numbers') AS tenant_id"
    )

    static let insert = Statement(
        "insert_tenant",
        """
        INSERT INTO hawser.tenants (tenant_id, name, created_at, display_name)
        VALUES ($1::bigint, $2::text, $3::timestamptz, $4::text)
        """
    )

    static let byName = Statement(
        "tenant_by_name",
        "SELECT hawser.tenant_by_name($1::text) AS tenant_id"
    )

    static let directory = Statement(
        "tenant_directory",
        "SELECT tenant_id FROM hawser.tenant_directory() AS tenant_id"
    )

    static let record = Statement(
        "tenant_record",
        """
        SELECT name, coalesce(display_name, name) AS display_name, created_at, updated_at, ending_at,
            version
        FROM hawser.tenants
        WHERE tenant_id = $1::bigint
        """
    )

    static let lock = Statement(
        "lock_tenant",
        "SELECT tenant_id FROM hawser.tenants WHERE tenant_id = $1::bigint FOR UPDATE"
    )

    static let update = Statement(
        "update_tenant",
        """
        UPDATE hawser.tenants
        SET display_name = $2::text, updated_at = $3::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint
        """
    )

    static let name = Statement(
        "tenant_name",
        "SELECT name FROM hawser.tenants WHERE tenant_id = $1::bigint"
    )

    static let all = [nextNumber, insert, byName, directory, record, lock, update, name]
}

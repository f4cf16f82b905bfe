import CorePostgres

enum TenantQueries {
    static let nextNumber = Statement(
        "next_tenant_number",
        "SELECT nextval('hawser.tenant_numbers') AS tenant_id"
    )

    static let insert = Statement(
        "insert_tenant",
        """
        INSERT INTO hawser.tenants (tenant_id, name, created_at)
        VALUES ($1::bigint, $2::text, $3::timestamptz)
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

    static let name = Statement(
        "tenant_name",
        "SELECT name FROM hawser.tenants WHERE tenant_id = $1::bigint"
    )

    static let all = [nextNumber, insert, byName, directory, name]
}

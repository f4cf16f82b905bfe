import CorePostgres

enum AuthorityQueries {
    static let insert = Statement(
        "insert_tenant_authority",
        """
        INSERT INTO hawser.tenant_authorities (tenant_id, certificate, sealed_key, created_at)
        VALUES ($1::bigint, $2::bytea, $3::bytea, $4::timestamptz)
        """
    )

    static let find = Statement(
        "tenant_authority",
        """
        SELECT certificate, sealed_key
        FROM hawser.tenant_authorities
        WHERE tenant_id = $1::bigint
        """
    )

    static let all = [insert, find]
}

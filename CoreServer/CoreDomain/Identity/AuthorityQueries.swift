import CorePostgres

enum AuthorityQueries {
    static let insert = Statement(
        "insert_tenant_authority",
        """
        INSERT INTO hawser.tenant_authorities (tenant_id, certificate, sealed_key, created_at, key_number)
        VALUES ($1::bigint, $2::bytea, $3::bytea, $4::timestamptz, $5::bigint)
        """
    )

    static let find = Statement(
        "tenant_authority",
        """
        SELECT certificate, sealed_key, key_number
        FROM hawser.tenant_authorities
        WHERE tenant_id = $1::bigint
        """
    )

    static let lock = Statement(
        "lock_tenant_authority",
        """
        SELECT sealed_key, key_number
        FROM hawser.tenant_authorities
        WHERE tenant_id = $1::bigint
        FOR UPDATE
        """
    )

    static let reseal = Statement(
        "reseal_tenant_authority",
        """
        UPDATE hawser.tenant_authorities SET sealed_key = $2::bytea, key_number = $3::bigint
        WHERE tenant_id = $1::bigint
        """
    )

    static let all = [insert, find, lock, reseal]
}

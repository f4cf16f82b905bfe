import CorePostgres

enum AccessQueries {
    static let nextNumber = Statement(
        "next_token_number",
        "SELECT nextval('hawser.token_numbers') AS token_id"
    )

    static let insert = Statement(
        "insert_api_token",
        """
        INSERT INTO hawser.api_tokens
            (tenant_id, token_id, name, role, secret_hash, created_at, expires_at)
        VALUES
            ($1::bigint, $2::bigint, $3::text, $4::text, $5::bytea, $6::timestamptz, $7::timestamptz)
        """
    )

    static let find = Statement(
        "api_token",
        """
        SELECT name, role, secret_hash, expires_at, revoked_at
        FROM hawser.api_tokens
        WHERE tenant_id = $1::bigint AND token_id = $2::bigint
        """
    )

    static let all = [nextNumber, insert, find]
}

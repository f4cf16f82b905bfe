import CorePostgres

enum ShipQueries {
    static let nextNumber = Statement(
        "next_ship_number",
        "SELECT nextval('hawser.ship_numbers') AS ship_id"
    )

    static let nextTokenNumber = Statement(
        "next_enrolment_token_number",
        "SELECT nextval('hawser.token_numbers') AS token_id"
    )

    static let insert = Statement(
        "insert_ship",
        """
        INSERT INTO hawser.ships
            (tenant_id, ship_id, name, created_at, class, owner, labels, bearers)
        VALUES (
            $1::bigint, $2::bigint, $3::text, $4::timestamptz, $5::text, $6::text, $7::jsonb,
            $8::jsonb
        )
        """
    )

    static let list = Statement(
        "ships",
        """
        SELECT ship_id, name, revoked_at, labels::text AS labels
        FROM hawser.ships
        WHERE tenant_id = $1::bigint
        ORDER BY name
        """
    )

    static let byName = Statement(
        "ship_by_name",
        """
        SELECT ship_id, name, revoked_at, labels::text AS labels
        FROM hawser.ships
        WHERE tenant_id = $1::bigint AND name = $2::text
        """
    )

    static let revoke = Statement(
        "revoke_ship",
        """
        UPDATE hawser.ships
        SET revoked_at = $3::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND revoked_at IS NULL
        """
    )

    static let notifyRevoked = Statement(
        "notify_revoked",
        "SELECT pg_notify('hawser_revoked', $1::text)"
    )

    static let insertEnrolmentToken = Statement(
        "insert_enrolment_token",
        """
        INSERT INTO hawser.enrolment_tokens
            (tenant_id, token_id, ship_id, secret_hash, created_at, expires_at)
        VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bytea, $5::timestamptz, $6::timestamptz)
        """
    )

    static let lockEnrolmentToken = Statement(
        "lock_enrolment_token",
        """
        SELECT t.ship_id, t.secret_hash, t.expires_at, t.used_at, s.name, s.revoked_at
        FROM hawser.enrolment_tokens AS t
        JOIN hawser.ships AS s USING (tenant_id, ship_id)
        WHERE t.tenant_id = $1::bigint AND t.token_id = $2::bigint
        FOR UPDATE OF t
        """
    )

    static let useEnrolmentToken = Statement(
        "use_enrolment_token",
        """
        UPDATE hawser.enrolment_tokens
        SET used_at = $3::timestamptz
        WHERE tenant_id = $1::bigint AND token_id = $2::bigint
        """
    )

    static let insertCertificate = Statement(
        "insert_ship_certificate",
        """
        INSERT INTO hawser.ship_certificates
            (tenant_id, ship_id, fingerprint, issued_at, expires_at)
        VALUES ($1::bigint, $2::bigint, $3::bytea, $4::timestamptz, $5::timestamptz)
        """
    )

    static let certificate = Statement(
        "ship_certificate",
        """
        SELECT s.name, s.revoked_at AS ship_revoked_at, c.revoked_at, c.expires_at, c.issued_at
        FROM hawser.ship_certificates AS c
        JOIN hawser.ships AS s USING (tenant_id, ship_id)
        WHERE c.tenant_id = $1::bigint AND c.ship_id = $2::bigint AND c.fingerprint = $3::bytea
        """
    )

    static let all = [
        nextNumber, nextTokenNumber, insert, list, byName, revoke, notifyRevoked,
        insertEnrolmentToken,
        lockEnrolmentToken, useEnrolmentToken, insertCertificate, certificate,
    ]
}

import CorePostgres

/// Seals, and the ships that witnessed them.
enum AuditSealQueries {
    private static let columns = """
        seal_number, first_sequence, last_sequence, signed_at, root, previous_hash, key, hash,
        signature
        """

    static let newest = Statement(
        "newest_audit_seal",
        """
        SELECT \(columns) FROM hawser.audit_seals
        WHERE tenant_id = $1::bigint
        ORDER BY seal_number DESC
        LIMIT 1
        """
    )

    static let byNumber = Statement(
        "audit_seal",
        """
        SELECT \(columns) FROM hawser.audit_seals
        WHERE tenant_id = $1::bigint AND seal_number = $2::bigint
        """
    )

    static let insert = Statement(
        "insert_audit_seal",
        """
        INSERT INTO hawser.audit_seals (
            tenant_id, seal_number, first_sequence, last_sequence, signed_at, root, previous_hash,
            key, hash, signature
        )
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::timestamptz, $6::bytea, $7::bytea,
            $8::bytea, $9::bytea, $10::bytea
        )
        """
    )

    /// Newest first.
    static let page = Statement(
        "audit_seal_page",
        """
        SELECT \(columns) FROM hawser.audit_seals
        WHERE tenant_id = $1::bigint AND seal_number < $2::bigint
        ORDER BY seal_number DESC
        LIMIT $3::integer
        """
    )

    /// Those that end behind one entry and up to another.
    static let following = Statement(
        "audit_seals_following",
        """
        SELECT \(columns) FROM hawser.audit_seals
        WHERE tenant_id = $1::bigint AND last_sequence > $2::bigint AND last_sequence <= $3::bigint
        ORDER BY last_sequence, seal_number
        """
    )

    static let witness = Statement(
        "note_audit_witness",
        """
        INSERT INTO hawser.audit_witnesses (
            tenant_id, ship_id, seal_number, last_sequence, hash, signature, witnessed_at
        )
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bytea, $6::bytea, $7::timestamptz
        )
        ON CONFLICT (tenant_id, ship_id) DO UPDATE SET
            seal_number = excluded.seal_number, last_sequence = excluded.last_sequence,
            hash = excluded.hash, signature = excluded.signature,
            witnessed_at = excluded.witnessed_at
        WHERE hawser.audit_witnesses.seal_number <= excluded.seal_number
        """
    )

    /// Of ships, by their numbers.
    static let witnesses = Statement(
        "audit_witnesses",
        """
        SELECT ship_id, name, seal_number, last_sequence, hash, signature, witnessed_at
        FROM hawser.audit_witnesses
        JOIN hawser.ships USING (tenant_id, ship_id)
        WHERE tenant_id = $1::bigint AND ship_id > $2::bigint
        ORDER BY ship_id
        LIMIT $3::integer
        """
    )

    static let witnessed = Statement(
        "audit_witnessed",
        """
        SELECT hash FROM hawser.audit_witnesses
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        """
    )

    static let all = [witnessed, newest, byNumber, insert, page, following, witness, witnesses]
}

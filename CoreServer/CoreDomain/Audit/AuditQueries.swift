import CorePostgres

/// The audit's chain.
enum AuditQueries {
    /// Appenders take turns.
    static let begin = Statement(
        "audit_begin",
        """
        INSERT INTO hawser.audit_heads (tenant_id, sequence, hash)
        VALUES ($1::bigint, 0, $2::bytea)
        ON CONFLICT (tenant_id) DO UPDATE SET sequence = hawser.audit_heads.sequence
        RETURNING sequence, hash
        """
    )

    static let insert = Statement(
        "audit_insert",
        """
        INSERT INTO hawser.audit_entries (
            tenant_id, sequence, at, actor, action, target, before, after, reason, request_id,
            grants_revision, previous_hash, hash
        )
        VALUES (
            $1::bigint, $2::bigint, $3::timestamptz, $4::text, $5::text, $6::text, $7::text,
            $8::text, $9::text, $10::text, $11::bigint, $12::bytea, $13::bytea
        )
        """
    )

    static let move = Statement(
        "audit_move",
        """
        UPDATE hawser.audit_heads SET sequence = $2::bigint, hash = $3::bytea
        WHERE tenant_id = $1::bigint
        """
    )

    static let all = [begin, insert, move]
}

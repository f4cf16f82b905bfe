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

    /// Adds entries and moves the head to the last of them.
    static let insert = Statement(
        "audit_insert",
        """
        WITH moved AS (
            UPDATE hawser.audit_heads SET sequence = $2::bigint, hash = $3::bytea
            WHERE tenant_id = $1::bigint
        )
        INSERT INTO hawser.audit_entries (
            tenant_id, sequence, at, actor, action, target, before, after, reason, request_id,
            grants_revision, previous_hash, hash
        )
        SELECT $1::bigint, sequence, at, actor, action, target, before, after, reason, request_id,
            grants_revision, previous_hash, hash
        FROM unnest(
            $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bytea[], $15::bytea[]
        ) AS e (
            sequence, at, actor, action, target, before, after, reason, request_id,
            grants_revision, previous_hash, hash
        )
        """
    )

    private static let columns = """
        sequence, at, actor, action, target, before, after, reason, request_id, grants_revision,
        previous_hash, hash
        """

    /// Newest first. An empty text is any; others are what it begins with.
    static let page = Statement(
        "audit_page",
        """
        SELECT \(columns)
        FROM hawser.audit_entries
        WHERE tenant_id = $1::bigint AND sequence < $2::bigint
            AND starts_with(actor, $3::text) AND starts_with(action, $4::text)
            AND starts_with(target, $5::text)
            AND at >= $6::timestamptz AND at < $7::timestamptz
        ORDER BY sequence DESC
        LIMIT $8::integer
        """
    )

    /// Oldest first, cut where a page is large enough.
    static let following = Statement(
        "audit_following",
        """
        SELECT \(columns)
        FROM (
            SELECT \(columns), sum(
                octet_length(before) + octet_length(after) + octet_length(reason) + 500
            ) OVER (ORDER BY sequence) AS size, row_number() OVER (ORDER BY sequence) AS place
            FROM (
                SELECT \(columns)
                FROM hawser.audit_entries
                WHERE tenant_id = $1::bigint AND sequence > $2::bigint
                ORDER BY sequence
                LIMIT $3::integer
            ) AS entries
        ) AS measured
        WHERE size <= $4::bigint OR place = 1
        ORDER BY sequence
        """
    )

    static let head = Statement(
        "audit_head",
        "SELECT sequence, hash FROM hawser.audit_heads WHERE tenant_id = $1::bigint"
    )

    static let all = [begin, insert, page, following, head]
}

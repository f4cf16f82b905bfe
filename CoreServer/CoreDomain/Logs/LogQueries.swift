import CorePostgres

/// Log blocks, into the table and back.
enum LogQueries {
    static let ensurePartition = Statement(
        "ensure_log_partition",
        "SELECT hawser.ensure_log_partition($1::timestamptz, $2::timestamptz)"
    )

    /// A page of blocks without their bodies, the newest first, from a place on: one stretch of the
    /// primary key's index, backwards. week_at is last_at in the range of timestamptz, and chooses the
    /// partitions.
    static let blocks = Statement(
        "log_blocks_page",
        """
        SELECT week_at, last_at, epoch, sequence, gravest_severity, trigrams,
            octet_length(body) AS body_bytes
        FROM hawser.log_blocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND week_at >= $3::timestamptz AND week_at <= $4::timestamptz
            AND last_at >= $5::bigint AND first_at <= $6::bigint
            AND gravest_severity <= $7::integer
            AND (week_at, last_at, epoch, sequence)
                < ($8::timestamptz, $9::bigint, $10::bigint, $11::bigint)
        ORDER BY week_at DESC, last_at DESC, epoch DESC, sequence DESC
        LIMIT $12::integer
        """
    )

    static let body = Statement(
        "log_block_body",
        """
        SELECT body
        FROM hawser.log_blocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND week_at = $3::timestamptz
            AND last_at = $4::bigint AND epoch = $5::bigint AND sequence = $6::bigint
        """
    )

    static let all = [ensurePartition, blocks, body]
}

import CorePostgres

/// Rows of rollups into chunks.
enum RollupChunkQueries {
    static let next = Statement(
        "next_rollups_to_compact",
        """
        SELECT interval_at
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer AND interval_at < $4::timestamptz
            AND sample_count > 0
        ORDER BY interval_at
        LIMIT 1
        """
    )

    static let ensurePartition = Statement(
        "ensure_rollup_chunk_partition",
        "SELECT hawser.ensure_rollup_chunk_partition($1::timestamptz, $2::timestamptz)"
    )

    /// One at a time for a ship: two that add to one chunk would lose what the other adds.
    static let lock = Statement(
        "lock_rollup_chunks",
        """
        SELECT pg_advisory_xact_lock(
            hashtextextended('hawser.rollup_chunks ' || $1::bigint || ' ' || $2::bigint, 0)
        )
        """
    )

    /// Locked: what ingest adds to them waits, and finds them empty.
    static let rows = Statement(
        "rollups_to_compact",
        """
        SELECT interval_at, body
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer
            AND interval_at >= $4::timestamptz AND interval_at < $5::timestamptz
            AND sample_count > 0
        ORDER BY interval_at
        LIMIT $6::integer
        FOR UPDATE
        """
    )

    /// What is more than rollups stays.
    static let deleteRows = Statement(
        "delete_compacted_rollups",
        """
        DELETE FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer AND interval_at = ANY ($4::timestamptz[])
            AND thinned IS NULL AND distinct_series IS NULL
        """
    )

    static let emptyRows = Statement(
        "empty_compacted_rollups",
        """
        UPDATE hawser.rollups
        SET sample_count = 0, body = $5::bytea
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer AND interval_at = ANY ($4::timestamptz[])
            AND sample_count > 0
        """
    )

    static let chunk = Statement(
        "rollup_chunk",
        """
        SELECT body, sketches, octet_length(body) + coalesce(octet_length(sketches), 0) AS bytes
        FROM hawser.rollup_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer AND first_series = $4::integer
            AND period_at = $5::timestamptz
        """
    )

    static let putChunk = Statement(
        "put_rollup_chunk",
        """
        INSERT INTO hawser.rollup_chunks
            (tenant_id, ship_id, resolution_seconds, first_series, period_at, body, sketches)
        VALUES
            ($1::bigint, $2::bigint, $3::integer, $4::integer, $5::timestamptz, $6::bytea,
            $7::bytea)
        ON CONFLICT (tenant_id, ship_id, resolution_seconds, first_series, period_at)
        DO UPDATE SET body = excluded.body, sketches = excluded.sketches
        """
    )

    /// Which ranges of series have chunks between two periods.
    static let ranges = Statement(
        "rollup_chunk_ranges",
        """
        SELECT DISTINCT first_series
        FROM hawser.rollup_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer
            AND period_at >= $4::timestamptz AND period_at < $5::timestamptz
        """
    )

    static let chunks = Statement(
        "rollup_chunks",
        """
        SELECT period_at, body, NULL::bytea AS sketches
        FROM hawser.rollup_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer
            AND period_at >= $4::timestamptz AND period_at < $5::timestamptz
            AND first_series = ANY ($6::integer[])
        """
    )

    static let chunksWithSketches = Statement(
        "rollup_chunks_with_sketches",
        """
        SELECT period_at, body, sketches
        FROM hawser.rollup_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer
            AND period_at >= $4::timestamptz AND period_at < $5::timestamptz
            AND first_series = ANY ($6::integer[])
        """
    )

    /// A page of rows that are more than a place: what they held may have moved into chunks.
    static let page = Statement(
        "rollups_page",
        """
        SELECT interval_at, CASE WHEN sample_count > 0 THEN body END AS body, thinned
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer
            AND interval_at >= $4::timestamptz AND interval_at < $5::timestamptz
            AND (sample_count > 0 OR thinned IS NOT NULL)
        ORDER BY interval_at
        LIMIT $6::integer
        """
    )

    static let all = [
        page,
        next, ensurePartition, lock, rows, deleteRows, emptyRows, chunk, putChunk, ranges, chunks,
        chunksWithSketches,
    ]
}

import CorePostgres

/// Blocks of a day into chunks.
enum CompactionQueries {
    /// Blocks that the targets named have all acknowledged, in this cluster; all, where none is named.
    private static let forwarded = """
        (
            cardinality($TARGETS::text[]) = 0
            OR stored_by < (
                SELECT CASE WHEN count(*) = cardinality($TARGETS::text[]) THEN min(
                    CASE
                        WHEN coalesce(cursor.cluster = \(ForwardingCluster.sql), true)
                            THEN cursor.stored_by
                        ELSE '0'::xid8
                    END
                ) END
                FROM hawser.forwarding_cursors AS cursor
                WHERE cursor.tenant_id = $1::bigint AND cursor.target = ANY ($TARGETS::text[])
            )
        )
        """

    private static func forwarded(_ targets: Int) -> String {
        forwarded.replacing("$TARGETS", with: "$\(targets)")
    }

    static let nextDay = Statement(
        "next_day_to_compact",
        """
        SELECT week_at
        FROM hawser.sample_blocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND week_at < $3::timestamptz
            AND \(forwarded(4))
        ORDER BY week_at
        LIMIT 1
        """
    )

    static let ensurePartition = Statement(
        "ensure_chunk_partition",
        "SELECT hawser.ensure_chunk_partition($1::timestamptz, $2::timestamptz)"
    )

    static let generations = Statement(
        "chunk_generations",
        """
        SELECT coalesce(max(generation), -1) AS generation,
            count(DISTINCT generation)::integer AS generations,
            coalesce(sum(sample_count), 0)::bigint AS samples,
            coalesce(sum(octet_length(body)), 0)::bigint AS bytes
        FROM hawser.sample_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND day_at = $3::timestamptz
        """
    )

    static let blocks = Statement(
        "blocks_to_compact",
        """
        SELECT week_at, first_at, epoch, sequence, part, body
        FROM hawser.sample_blocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND week_at >= $3::timestamptz
            AND week_at < $3::timestamptz + interval '24 hours'
            AND (week_at, first_at, epoch, sequence, part)
                > ($4::timestamptz, $5::bigint, $6::bigint, $7::bigint, $8::integer)
            AND \(forwarded(9))
        ORDER BY week_at, first_at, epoch, sequence, part
        LIMIT $10::integer
        """
    )

    static let deleteBlocks = Statement(
        "delete_compacted_blocks",
        """
        DELETE FROM hawser.sample_blocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND week_at >= $3::timestamptz
            AND week_at < $3::timestamptz + interval '24 hours'
            AND (week_at, first_at, epoch, sequence, part)
                <= ($4::timestamptz, $5::bigint, $6::bigint, $7::bigint, $8::integer)
            AND \(forwarded(9))
        """
    )

    static let chunks = Statement(
        "chunks_to_compact",
        """
        SELECT first_series, generation, part, body
        FROM hawser.sample_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND day_at = $3::timestamptz
            AND (first_series, generation, part) > ($4::integer, $5::integer, $6::integer)
        ORDER BY first_series, generation, part
        LIMIT $7::integer
        """
    )

    static let deleteChunks = Statement(
        "delete_chunks_of_day",
        """
        DELETE FROM hawser.sample_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND day_at = $3::timestamptz
        """
    )

    static let numbersOfEpoch = Statement(
        "numbers_to_compact",
        """
        SELECT number, series_id
        FROM hawser.series_numbers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND series_id IS NOT NULL
        """
    )

    static let all = [
        nextDay, ensurePartition, generations, blocks, deleteBlocks, chunks, deleteChunks,
        numbersOfEpoch,
    ]
}

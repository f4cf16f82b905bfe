import CorePostgres

/// Blocks in the order of their commits, and how far a target has them.
enum ForwardingQueries {
    static let ensure = Statement(
        "ensure_forwarding_cursor",
        """
        INSERT INTO hawser.forwarding_cursors (
            tenant_id, target, stored_by, ship_id, week_at, first_at, epoch, sequence, part,
            sample_count, refused_count, moved_at, cluster
        )
        VALUES (
            $1::bigint, $2::text, ($3::text)::xid8, $4::bigint, $5::timestamptz, $6::bigint,
            $7::bigint, $8::bigint, $9::integer, 0, 0, $10::timestamptz, \(ForwardingCluster.sql)
        )
        ON CONFLICT (tenant_id, target)
        DO UPDATE SET cluster = excluded.cluster
        WHERE forwarding_cursors.cluster IS NULL
        """
    )

    /// A cursor of another cluster begins anew.
    static let restart = Statement(
        "restart_forwarding_cursor",
        """
        UPDATE hawser.forwarding_cursors
        SET stored_by = ($3::text)::xid8, ship_id = $4::bigint, week_at = $5::timestamptz,
            first_at = $6::bigint, epoch = $7::bigint, sequence = $8::bigint,
            part = $9::integer, moved_at = $10::timestamptz, cluster = \(ForwardingCluster.sql)
        WHERE tenant_id = $1::bigint AND target = $2::text AND cluster <> \(ForwardingCluster.sql)
        """
    )

    /// Blocks whose transactions this cluster has not come to yet.
    static let renumber = Statement(
        "renumber_blocks_to_forward",
        """
        UPDATE hawser.sample_blocks
        SET stored_by = pg_current_xact_id()
        WHERE tenant_id = $1::bigint AND stored_by > pg_current_xact_id()
        """
    )

    static let find = Statement(
        "forwarding_cursor",
        """
        SELECT stored_by::text AS stored_by, ship_id, week_at, first_at, epoch, sequence, part
        FROM hawser.forwarding_cursors
        WHERE tenant_id = $1::bigint AND target = $2::text
        """
    )

    static let move = Statement(
        "move_forwarding_cursor",
        """
        UPDATE hawser.forwarding_cursors
        SET stored_by = ($3::text)::xid8, ship_id = $4::bigint, week_at = $5::timestamptz,
            first_at = $6::bigint, epoch = $7::bigint, sequence = $8::bigint,
            part = $9::integer, sample_count = sample_count + $10::bigint,
            refused_count = refused_count + $11::bigint, moved_at = $12::timestamptz
        WHERE tenant_id = $1::bigint AND target = $2::text
            AND (stored_by, ship_id, week_at, first_at, epoch, sequence, part)
                < (
                    ($3::text)::xid8, $4::bigint, $5::timestamptz, $6::bigint, $7::bigint,
                    $8::bigint, $9::integer
                )
        """
    )

    /// Up to the oldest transaction that still runs: behind it, later commits may come to stand
    /// before what is there already.
    static let blocks = Statement(
        "blocks_to_forward",
        """
        SELECT stored_by::text AS stored_by, ship_id, week_at, first_at, epoch, sequence, part, body
        FROM hawser.sample_blocks
        WHERE tenant_id = $1::bigint
            AND stored_by >= ($2::text)::xid8
            AND stored_by < pg_snapshot_xmin(pg_current_snapshot())
            AND (stored_by, ship_id, week_at, first_at, epoch, sequence, part)
                > (
                    ($2::text)::xid8, $3::bigint, $4::timestamptz, $5::bigint, $6::bigint,
                    $7::bigint, $8::integer
                )
        ORDER BY sample_blocks.stored_by, ship_id, week_at, first_at, epoch, sequence, part
        LIMIT $9::integer
        """
    )

    static let series = Statement(
        "series_to_forward",
        """
        SELECT number, labels::text AS labels
        FROM hawser.series_numbers
        JOIN hawser.series USING (tenant_id, ship_id, series_id)
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND number = ANY ($4::integer[])
        """
    )

    static let all = [ensure, restart, renumber, find, move, blocks, series]
}

import CorePostgres

/// What segments hold, into tables.
enum IngestQueries {
    static let seriesByIdentity = Statement(
        "series_by_identity",
        """
        SELECT identity, series_id
        FROM hawser.series
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND identity = ANY ($3::bytea[])
        """
    )

    static let nextSeriesID = Statement(
        "next_series_id",
        """
        SELECT coalesce(max(series_id), -1) + 1 AS series_id
        FROM hawser.series
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        """
    )

    static let seriesNumbers = Statement(
        "series_numbers",
        """
        SELECT number, series_id
        FROM hawser.series_numbers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        ORDER BY number
        """
    )

    static let ensurePartitions = Statement(
        "ensure_partitions",
        "SELECT hawser.ensure_partitions($1::timestamptz, $2::timestamptz)"
    )

    static let rollupBodies = Statement(
        "rollup_bodies",
        """
        SELECT interval_at, body
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer AND interval_at = $4::timestamptz
        """
    )

    static let putRollup = Statement(
        "put_rollup",
        """
        INSERT INTO hawser.rollups
            (tenant_id, ship_id, resolution_seconds, interval_at, sample_count, body)
        VALUES
            ($1::bigint, $2::bigint, $3::integer, $4::timestamptz, $5::bigint, $6::bytea)
        ON CONFLICT (tenant_id, ship_id, resolution_seconds, interval_at)
        DO UPDATE SET sample_count = excluded.sample_count, body = excluded.body
        """
    )

    static let all = [
        seriesByIdentity, nextSeriesID, seriesNumbers, ensurePartitions, rollupBodies,
        putRollup,
    ]
}

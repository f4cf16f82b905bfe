import CorePostgres

/// What segments hold, into tables.
enum IngestQueries {
    static let seriesByIdentity = Statement(
        "series_by_identity",
        """
        SELECT identity, series_id, resolution
        FROM hawser.series
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND identity = ANY ($3::bytea[])
        """
    )

    /// A ship that begins a new epoch may round a series otherwise from then on.
    static let declareResolution = Statement(
        "declare_resolution",
        """
        UPDATE hawser.series
        SET resolution = $4::text
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND series_id = $3::integer
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
        SELECT
            n.series_id,
            coalesce(s.identity, '') AS identity,
            -- As SeriesDefinition.isCumulative has it.
            coalesce(s.kind IN (1, 3) OR s.kind = 4 AND s.name ~ '_(count|sum)$', false)
                AS is_counter
        FROM hawser.series_numbers AS n
        LEFT JOIN hawser.series AS s USING (tenant_id, ship_id, series_id)
        WHERE n.tenant_id = $1::bigint AND n.ship_id = $2::bigint AND n.epoch = $3::bigint
        ORDER BY n.number
        """
    )

    /// Numbers whose definitions were beyond the tenant's limit.
    static let refusedNumbers = Statement(
        "refused_series_numbers",
        """
        SELECT number, refused
        FROM hawser.series_numbers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND series_id IS NULL
        ORDER BY number
        LIMIT $4::integer
        """
    )

    static let readmit = Statement(
        "readmit_series_number",
        """
        UPDATE hawser.series_numbers
        SET series_id = $5::integer, refused = NULL
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND number = $4::integer
        """
    )

    static let ensurePartitions = Statement(
        "ensure_partitions",
        "SELECT hawser.ensure_partitions($1::timestamptz, $2::timestamptz)"
    )

    /// Locked: compaction may be about to move what is in it, and waits, or is waited for.
    static let rollupBodies = Statement(
        "rollup_bodies",
        """
        SELECT body, thinned, distinct_series
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer AND interval_at = $4::timestamptz
        FOR UPDATE
        """
    )

    static let putRollup = Statement(
        "put_rollup",
        """
        INSERT INTO hawser.rollups
            (tenant_id, ship_id, resolution_seconds, interval_at, sample_count, body, thinned,
            distinct_series)
        VALUES
            ($1::bigint, $2::bigint, $3::integer, $4::timestamptz, $5::bigint, $6::bytea,
            $7::bytea, $8::bytea)
        ON CONFLICT (tenant_id, ship_id, resolution_seconds, interval_at)
        DO UPDATE SET
            sample_count = excluded.sample_count,
            body = excluded.body,
            thinned = excluded.thinned,
            distinct_series = excluded.distinct_series
        """
    )

    static let all = [
        seriesByIdentity, nextSeriesID, declareResolution, seriesNumbers, refusedNumbers, readmit,
        ensurePartitions, rollupBodies, putRollup,
    ]
}

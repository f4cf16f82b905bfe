import CorePostgres

/// What tenants used.
enum UsageQueries {
    static let add = Statement(
        "add_usage",
        """
        INSERT INTO hawser.usage_days AS u (tenant_id, day, samples, bytes_in, api_requests)
        VALUES ($1::bigint, $2::integer, $3::bigint, $4::bigint, $5::bigint)
        ON CONFLICT (tenant_id, day) DO UPDATE SET
            samples = u.samples + excluded.samples,
            bytes_in = u.bytes_in + excluded.bytes_in,
            api_requests = u.api_requests + excluded.api_requests
        """
    )

    /// Bodies are what storage is: the rest is a few bytes a row.
    static let measure = Statement(
        "measure_usage",
        """
        INSERT INTO hawser.usage_days AS u
            (tenant_id, day, storage_bytes, ships, series, measured_at)
        SELECT $1::bigint, $2::integer, (
            (SELECT coalesce(sum(octet_length(body)), 0) FROM hawser.sample_blocks
                WHERE tenant_id = $1::bigint)
            + (SELECT coalesce(sum(octet_length(body)), 0) FROM hawser.sample_chunks
                WHERE tenant_id = $1::bigint)
            + (SELECT coalesce(sum(octet_length(body)), 0) FROM hawser.rollups
                WHERE tenant_id = $1::bigint)
            + (SELECT coalesce(sum(octet_length(body)), 0) FROM hawser.rollup_chunks
                WHERE tenant_id = $1::bigint)
            + (SELECT coalesce(sum(octet_length(body)), 0) FROM hawser.rollup_segments
                WHERE tenant_id = $1::bigint)
            + (SELECT coalesce(sum(octet_length(body)), 0) FROM hawser.log_blocks
                WHERE tenant_id = $1::bigint)
        )::bigint,
        (SELECT count(*) FROM hawser.ships WHERE tenant_id = $1::bigint AND revoked_at IS NULL),
        (SELECT count(*) FROM hawser.series WHERE tenant_id = $1::bigint),
        $3::timestamptz
        ON CONFLICT (tenant_id, day) DO UPDATE SET
            storage_bytes = excluded.storage_bytes,
            ships = excluded.ships,
            series = excluded.series,
            measured_at = excluded.measured_at
        RETURNING storage_bytes
        """
    )

    static let days = Statement(
        "usage_days",
        """
        SELECT day, samples, bytes_in, api_requests, storage_bytes, ships, series
        FROM hawser.usage_days
        WHERE tenant_id = $1::bigint AND day BETWEEN $2::integer AND $3::integer
        ORDER BY day
        """
    )

    static let all = [add, measure, days]
}

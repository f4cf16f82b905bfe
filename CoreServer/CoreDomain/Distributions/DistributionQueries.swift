import CorePostgres

/// Sketches of a whole tenant.
enum DistributionQueries {
    /// A page of sketches of distinct series, in the order of the key.
    static let distinct = Statement(
        "distinct_series_page",
        """
        SELECT ship_id, interval_at, distinct_series
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND resolution_seconds = $2::integer
            AND interval_at >= $3::timestamptz AND interval_at < $4::timestamptz
            AND (ship_id, interval_at) > ($5::bigint, $6::timestamptz)
        ORDER BY ship_id, interval_at
        LIMIT $7::integer
        """
    )

    static let all = [distinct]
}

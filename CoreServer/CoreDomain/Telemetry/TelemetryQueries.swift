import CorePostgres

/// Samples and rollups, read back.
enum TelemetryQueries {
    static let seriesByName = Statement(
        "series_by_name",
        """
        SELECT series_id, name, labels::text AS labels
        FROM hawser.series
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND left(name, 256) = ANY (
                ARRAY(SELECT left(wanted, 256) FROM unnest($3::text[]) AS wanted)
            )
            AND name = ANY ($3::text[])
        ORDER BY series_id
        LIMIT 10000
        """
    )

    static let numbersOfSeries = Statement(
        "numbers_of_series",
        """
        SELECT epoch, number, series_id
        FROM hawser.series_numbers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND series_id = ANY ($3::bigint[])
        """
    )

    /// A page of blocks, from a place on, in the primary key's order: each page is one stretch of
    /// the index. week_at is first_at in the range of timestamptz, and chooses the partitions.
    static let blocks = Statement(
        "sample_blocks_page",
        """
        SELECT week_at, first_at, epoch, sequence, part, body
        FROM hawser.sample_blocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND week_at >= $3::timestamptz AND week_at <= $4::timestamptz
            AND last_at >= $5::bigint AND first_at < $6::bigint
            AND (week_at, first_at, epoch, sequence, part)
                > ($7::timestamptz, $8::bigint, $9::bigint, $10::bigint, $11::integer)
        ORDER BY week_at, first_at, epoch, sequence, part
        LIMIT $12::integer
        """
    )

    static let rollups = Statement(
        "rollups_page",
        """
        SELECT interval_at, body
        FROM hawser.rollups
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
            AND resolution_seconds = $3::integer
            AND interval_at >= $4::timestamptz AND interval_at < $5::timestamptz
        ORDER BY interval_at
        LIMIT $6::integer
        """
    )

    static let all = [seriesByName, numbersOfSeries, blocks, rollups]
}

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
        SELECT number, series_id
        FROM hawser.series_numbers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND series_id = ANY ($4::integer[])
        """
    )

    static let numbersOfEpoch = Statement(
        "numbers_of_epoch",
        """
        SELECT number, series_id
        FROM hawser.series_numbers
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND series_id IS NOT NULL
        """
    )

    /// A page of a ship's series behind an id. What must be equal is found by containment, and the
    /// metric's name by its index; the empty text stands for any name.
    static let seriesPage = Statement(
        "series_page",
        """
        SELECT series_id, labels::text AS labels, kind, resolution
        FROM hawser.series
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND series_id > $3::integer
            AND labels @> $4::jsonb
        ORDER BY series_id
        LIMIT $5::integer
        """
    )

    static let namedSeriesPage = Statement(
        "named_series_page",
        """
        SELECT series_id, labels::text AS labels, kind, resolution
        FROM hawser.series
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND series_id > $3::integer
            AND labels @> $4::jsonb
            AND left(name, 256) = left($6::text, 256) AND name = $6::text
        ORDER BY series_id
        LIMIT $5::integer
        """
    )

    /// When the first block or chunk from a moment on begins: both in one snapshot.
    static let nextDay = Statement(
        "next_sample_day",
        """
        SELECT least(
            (
                SELECT week_at
                FROM hawser.sample_blocks
                WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                    AND week_at >= $3::timestamptz AND week_at < $4::timestamptz
                ORDER BY week_at
                LIMIT 1
            ),
            (
                SELECT day_at
                FROM hawser.sample_chunks
                WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                    AND day_at >= $3::timestamptz AND day_at < $4::timestamptz
                ORDER BY day_at
                LIMIT 1
            )
        ) AS found_at
        """
    )

    /// A page of a day's chunks, from a place on, that may hold series between two ids.
    static let chunks = Statement(
        "sample_chunks_page",
        """
        SELECT first_series, generation, part, last_series, body
        FROM hawser.sample_chunks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND day_at = $3::timestamptz
            AND last_at >= $4::bigint AND first_at < $5::bigint
            AND last_series >= $6::integer AND first_series <= $7::integer
            AND (first_series, generation, part) > ($8::integer, $9::integer, $10::integer)
        ORDER BY first_series, generation, part
        LIMIT $11::integer
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

    static let all = [
        seriesByName, numbersOfSeries, numbersOfEpoch, seriesPage, namedSeriesPage, nextDay, blocks,
        chunks,
    ]
}

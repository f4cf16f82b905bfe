import CorePostgres

/// How ships' clocks went.
enum ClockQueries {
    static let page = Statement(
        "ship_clock_page",
        """
        SELECT noted_at, offset_ms
        FROM hawser.ship_clocks
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND noted_at < $3::timestamptz
        ORDER BY noted_at DESC
        LIMIT $4::integer
        """
    )

    static let all = [page]
}

import CorePostgres

/// What is asked of ships.
enum WantQueries {
    private static let columns = """
        want_id, from_at, to_at, max_bytes, requested_by, requested_at, told_at, answered_at, outcome,
        sample_count, byte_count
        """

    /// One at a time for a ship, so that the limit holds.
    static let lock = Statement(
        "lock_wants",
        """
        SELECT pg_advisory_xact_lock(
            hashtextextended('hawser.wants ' || $1::bigint || ' ' || $2::bigint, 0)
        )
        """
    )

    static let countOpen = Statement(
        "count_open_wants",
        """
        SELECT count(*) AS wants FROM hawser.wants
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND answered_at IS NULL
        """
    )

    static let insert = Statement(
        "insert_want",
        """
        INSERT INTO hawser.wants
            (tenant_id, ship_id, want_id, from_at, to_at, max_bytes, requested_by, requested_at)
        VALUES (
            $1::bigint, $2::bigint, nextval('hawser.want_numbers'), $3::bigint, $4::bigint,
            $5::bigint, $6::text, $7::timestamptz
        )
        RETURNING \(columns)
        """
    )

    /// Answered ones behind the newest thousand.
    static let forget = Statement(
        "forget_wants",
        """
        DELETE FROM hawser.wants
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND answered_at IS NOT NULL
            AND want_id <= (
                SELECT want_id FROM hawser.wants
                WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND answered_at IS NOT NULL
                ORDER BY want_id DESC
                LIMIT 1 OFFSET 1000
            )
        """
    )

    static let announce = Statement(
        "announce_want",
        "SELECT pg_notify('hawser_wants', $1::text)"
    )

    static let page = Statement(
        "want_page",
        """
        SELECT \(columns) FROM hawser.wants
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND want_id < $3::bigint
        ORDER BY want_id DESC
        LIMIT $4::integer
        """
    )

    static let byID = Statement(
        "want_by_id",
        """
        SELECT \(columns) FROM hawser.wants
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND want_id = $3::bigint
        """
    )

    static let withdraw = Statement(
        "withdraw_want",
        """
        DELETE FROM hawser.wants
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND want_id = $3::bigint
            AND told_at IS NULL AND answered_at IS NULL
        RETURNING want_id
        """
    )

    /// The oldest first. What was told before keeps the time when it was.
    static let tell = Statement(
        "tell_wants",
        """
        WITH told AS (
            UPDATE hawser.wants SET told_at = coalesce(told_at, $3::timestamptz)
            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND answered_at IS NULL
            RETURNING \(columns)
        )
        SELECT \(columns) FROM told ORDER BY want_id
        """
    )

    static let answer = Statement(
        "answer_want",
        """
        UPDATE hawser.wants
        SET answered_at = $4::timestamptz, outcome = $5::integer, sample_count = $6::bigint,
            byte_count = $7::bigint
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND want_id = $3::bigint
            AND told_at IS NOT NULL AND answered_at IS NULL
        """
    )

    static let all = [
        lock, countOpen, insert, forget, announce, page, byID, withdraw, tell, answer,
    ]
}

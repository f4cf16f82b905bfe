import CorePostgres

/// Keeps what a ship holds in step with what it says it runs, until it tells all its holdings again.
enum RunningQueries {
    /// What was the one before is not known to be kept any more: a base that a ship does not have is worse
    /// than none.
    static let forgetPrevious = Statement(
        "forget_previous_holding",
        """
        DELETE FROM hawser.ship_holdings
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND slot = $3::text
            AND kind = 'previous' AND EXISTS (
                SELECT FROM hawser.ship_holdings AS c
                WHERE c.tenant_id = $1::bigint AND c.ship_id = $2::bigint AND c.slot = $3::text
                    AND c.kind = 'current' AND c.digest IS DISTINCT FROM $4::bytea
            )
        """
    )

    /// The version that gave way is kept aboard.
    static let keepReplaced = Statement(
        "keep_replaced_holding",
        """
        INSERT INTO hawser.ship_holdings (tenant_id, ship_id, slot, kind, digest, bytes, told_at)
        SELECT tenant_id, ship_id, slot, 'previous', digest, bytes, $5::timestamptz
        FROM hawser.ship_holdings
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND slot = $3::text
            AND kind = 'current' AND digest IS DISTINCT FROM $4::bytea
        ON CONFLICT DO NOTHING
        """
    )

    /// All of a kind but what runs.
    static let forgetOthers = Statement(
        "forget_other_holdings",
        """
        DELETE FROM hawser.ship_holdings
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND slot = $3::text
            AND digest IS DISTINCT FROM $4::bytea AND kind = $5::text
        """
    )

    static let insertRunning = Statement(
        "insert_running_holding",
        """
        INSERT INTO hawser.ship_holdings (tenant_id, ship_id, slot, kind, digest, bytes, told_at)
        SELECT $1::bigint, $2::bigint, $3::text, $5::text, $4::bytea, 0, $6::timestamptz
        WHERE $4::bytea IS NOT NULL
        ON CONFLICT DO NOTHING
        """
    )

    /// Where the versions of a deployment run.
    static let mode = Statement(
        "mode_of_deployment",
        """
        SELECT coalesce(request->>'mode' = 'shadow', false) AS is_shadow FROM hawser.deployments
        WHERE tenant_id = $1::bigint AND deployment_id = $2::bigint
        """
    )

    /// The ship is asked for all its holdings at its next hello.
    static let forgetMark = Statement(
        "forget_holdings_mark",
        """
        UPDATE hawser.ship_counters SET holdings_mark = NULL
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        """
    )

    /// What has come into the light is in the shadow no more.
    static let forgetPromoted = Statement(
        "forget_promoted_holding",
        """
        DELETE FROM hawser.ship_holdings
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND slot = $3::text
            AND kind = 'shadow' AND digest = $4::bytea
        """
    )

    static let all = [
        forgetPrevious, keepReplaced, forgetOthers, insertRunning, mode, forgetMark, forgetPromoted,
    ]
}

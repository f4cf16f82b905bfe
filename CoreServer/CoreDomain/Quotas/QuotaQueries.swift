import CorePostgres

/// What tenants may use.
enum QuotaQueries {
    private static let columns = """
        ships, series, ingest_samples_per_second, ingest_bytes_per_day, storage_bytes,
            artifact_bytes, api_requests_per_second, api_burst, labels_per_ship
        """

    static let find = Statement(
        "quota",
        """
        SELECT \(columns), version
        FROM hawser.quotas
        WHERE tenant_id = $1::bigint
        """
    )

    static let lock = Statement(
        "lock_quota",
        """
        SELECT \(columns), version
        FROM hawser.quotas
        WHERE tenant_id = $1::bigint
        FOR UPDATE
        """
    )

    static let put = Statement(
        "put_quota",
        """
        INSERT INTO hawser.quotas (tenant_id, \(columns), updated_at)
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint,
            $8::bigint, $9::bigint, $10::bigint, $11::timestamptz
        )
        ON CONFLICT (tenant_id) DO UPDATE SET
            ships = excluded.ships,
            series = excluded.series,
            ingest_samples_per_second = excluded.ingest_samples_per_second,
            ingest_bytes_per_day = excluded.ingest_bytes_per_day,
            storage_bytes = excluded.storage_bytes,
            artifact_bytes = excluded.artifact_bytes,
            api_requests_per_second = excluded.api_requests_per_second,
            api_burst = excluded.api_burst,
            labels_per_ship = excluded.labels_per_ship,
            version = quotas.version + 1,
            updated_at = excluded.updated_at
        RETURNING version
        """
    )

    /// Whoever counts and then adds takes turns, until the transaction ends.
    static let takeTurns = Statement(
        "take_turns_at_quota",
        "SELECT pg_advisory_xact_lock(hashtextextended($1::text, $2::bigint))"
    )

    static let ships = Statement(
        "count_ships",
        """
        SELECT count(*) AS count FROM hawser.ships
        WHERE tenant_id = $1::bigint AND revoked_at IS NULL
        """
    )

    static let series = Statement(
        "count_series",
        "SELECT count(*) AS count FROM hawser.series WHERE tenant_id = $1::bigint"
    )

    /// What artifacts hold, each content once.
    static let artifacts = Statement(
        "count_artifact_bytes",
        """
        SELECT coalesce(sum(bytes), 0)::bigint AS count FROM hawser.artifact_usage
        WHERE tenant_id = $1::bigint
        """
    )

    /// Of a day, and what was last measured to be stored.
    static let usage = Statement(
        "usage_now",
        """
        SELECT
            coalesce((
                SELECT bytes_in FROM hawser.usage_days
                WHERE tenant_id = $1::bigint AND day = $2::integer
            ), 0) AS bytes_in,
            coalesce((
                SELECT storage_bytes FROM hawser.usage_days
                WHERE tenant_id = $1::bigint AND storage_bytes IS NOT NULL
                ORDER BY day DESC
                LIMIT 1
            ), 0) AS storage_bytes
        """
    )

    static let all = [find, lock, put, takeTurns, ships, series, artifacts, usage]
}

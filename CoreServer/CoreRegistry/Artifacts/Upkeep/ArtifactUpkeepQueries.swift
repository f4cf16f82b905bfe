import CorePostgres

/// What becomes of artifacts' bytes behind the scenes.
enum ArtifactUpkeepQueries {
    /// Those that something let go of, and that nothing else holds: their rows go, their files become
    /// garbage. Others were only let go of by one of several.
    static let collect = Statement(
        "collect_artifact_blobs",
        """
        WITH candidate AS (
            SELECT digest FROM hawser.artifact_blobs
            WHERE tenant_id = $1::bigint AND released_at < $2::timestamptz
            ORDER BY released_at
            LIMIT $4::integer
            FOR UPDATE
        ), free AS (
            SELECT c.digest FROM candidate AS c
            WHERE NOT EXISTS (
                    SELECT FROM hawser.artifact_files AS f
                    WHERE f.tenant_id = $1::bigint AND f.digest = c.digest
                ) AND NOT EXISTS (
                    SELECT FROM hawser.model_version_files AS f
                    WHERE f.tenant_id = $1::bigint AND f.digest = c.digest
                ) AND NOT EXISTS (
                    SELECT FROM hawser.artifact_tree_files AS f
                    WHERE f.tenant_id = $1::bigint AND f.digest = c.digest
                ) AND NOT EXISTS (
                    SELECT FROM hawser.deltas AS d
                    WHERE d.tenant_id = $1::bigint AND d.digest = c.digest
                )
        ), gone AS (
            DELETE FROM hawser.artifact_blobs AS b USING free
            WHERE b.tenant_id = $1::bigint AND b.digest = free.digest
            RETURNING b.location, b.size
        ), discarded AS (
            INSERT INTO hawser.artifact_garbage (tenant_id, location, due_at)
            SELECT $1::bigint, location, $3::timestamptz FROM gone
            ON CONFLICT DO NOTHING
        ), kept AS (
            UPDATE hawser.artifact_blobs AS b SET released_at = NULL FROM candidate AS c
            WHERE b.tenant_id = $1::bigint AND b.digest = c.digest
                AND c.digest NOT IN (SELECT digest FROM free)
        )
        SELECT (SELECT count(*) FROM candidate) AS seen, count(*) AS count,
            coalesce(sum(size), 0)::bigint AS size
        FROM gone
        """
    )

    static let garbage = Statement(
        "due_artifact_garbage",
        """
        SELECT location FROM hawser.artifact_garbage
        WHERE tenant_id = $1::bigint AND due_at <= $2::timestamptz
        ORDER BY due_at
        LIMIT $3::integer
        """
    )

    static let forget = Statement(
        "forget_artifact_garbage",
        """
        DELETE FROM hawser.artifact_garbage
        WHERE tenant_id = $1::bigint AND location = ANY ($2::text[])
        """
    )

    /// Of files in the store those that no row tells of.
    static let orphans = Statement(
        "orphans_of_artifacts",
        """
        SELECT location FROM unnest($2::text[]) AS stored (location)
        WHERE NOT EXISTS (
                SELECT FROM hawser.artifact_blobs AS b
                WHERE b.tenant_id = $1::bigint AND b.location = stored.location
            ) AND NOT EXISTS (
                SELECT FROM hawser.artifact_parts AS p
                WHERE p.tenant_id = $1::bigint AND p.location = stored.location
            ) AND NOT EXISTS (
                SELECT FROM hawser.artifact_garbage AS g
                WHERE g.tenant_id = $1::bigint AND g.location = stored.location
            )
        """
    )

    /// The transaction that comes next.
    static let nextTransaction = Statement(
        "next_transaction",
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS number"
    )

    /// Whether all transactions before one have ended.
    static let haveEnded = Statement(
        "transactions_have_ended",
        "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 AS have_ended"
    )

    /// Damaged ones are looked at sooner: somebody may have put them back.
    static let toScrub = Statement(
        "artifacts_to_scrub",
        """
        SELECT digest, size, stored_at AS updated_at, location, key_number, is_damaged
        FROM hawser.artifact_blobs
        WHERE tenant_id = $1::bigint AND (
            checked_at IS NULL OR checked_at < $2::timestamptz
            OR is_damaged AND checked_at < $3::timestamptz
        )
        ORDER BY checked_at NULLS FIRST
        LIMIT 100
        """
    )

    /// One that was found damaged may be right again: its file was put back.
    static let scrubbed = Statement(
        "artifact_scrubbed",
        """
        UPDATE hawser.artifact_blobs SET checked_at = $4::timestamptz, is_damaged = false
        WHERE tenant_id = $1::bigint AND digest = $2::bytea AND location = $3::text
        """
    )

    /// So that the next round looks at others first.
    static let scrubbedDamaged = Statement(
        "artifact_scrubbed_damaged",
        """
        UPDATE hawser.artifact_blobs SET checked_at = $4::timestamptz
        WHERE tenant_id = $1::bigint AND digest = $2::bytea AND location = $3::text
        """
    )

    /// Uploaded for a bundle so long ago, and no version's. Where runs have their artifacts there too,
    /// since somebody gave an experiment that place before that was refused, nothing is.
    static let staleBundleFiles = Statement(
        "stale_bundle_files",
        """
        SELECT f.path FROM hawser.artifact_files AS f
        WHERE f.tenant_id = $1::bigint AND f.path >= 'bundles/' AND f.path < 'bundles0'
            AND f.updated_at < $2::timestamptz
            AND NOT EXISTS (
                SELECT FROM hawser.model_version_files AS v
                WHERE v.tenant_id = f.tenant_id AND v.source_path = f.path
            ) AND NOT EXISTS (
                SELECT FROM hawser.experiments AS e
                WHERE e.tenant_id = $1::bigint
                    AND e.artifact_location ~ '^mlflow-artifacts:/+([^/]*/)?bundles(/|$)'
            )
        LIMIT $3::integer
        """
    )

    static let deleteBundleFiles = Statement(
        "delete_stale_bundle_files",
        """
        DELETE FROM hawser.artifact_files
        WHERE tenant_id = $1::bigint AND path = ANY ($2::text[]) AND updated_at < $3::timestamptz
        """
    )

    /// Asked once the rows are locked: a version that took one meanwhile is seen.
    static let takenBundleFiles = Statement(
        "taken_bundle_files",
        """
        SELECT count(*) AS files FROM hawser.model_version_files
        WHERE tenant_id = $1::bigint AND source_path = ANY ($2::text[])
        """
    )

    static let all = [
        staleBundleFiles, deleteBundleFiles, takenBundleFiles, collect, garbage, forget, orphans,
        nextTransaction, haveEnded, toScrub, scrubbed, scrubbedDamaged,
    ]
}

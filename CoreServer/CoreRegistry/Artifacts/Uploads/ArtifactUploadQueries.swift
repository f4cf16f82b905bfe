import CorePostgres

/// Uploads in parts.
enum ArtifactUploadQueries {
    static let count = Statement(
        "count_artifact_uploads",
        "SELECT count(*) AS count FROM hawser.artifact_uploads WHERE tenant_id = $1::bigint"
    )

    static let insert = Statement(
        "insert_artifact_upload",
        """
        INSERT INTO hawser.artifact_uploads (tenant_id, upload_id, path, part_count, started_at)
        VALUES ($1::bigint, $2::text, $3::text, $4::integer, $5::timestamptz)
        """
    )

    static let find = Statement(
        "artifact_upload",
        """
        SELECT path, part_count FROM hawser.artifact_uploads
        WHERE tenant_id = $1::bigint AND upload_id = $2::text
        """
    )

    static let lock = Statement(
        "lock_artifact_upload",
        """
        SELECT path, part_count FROM hawser.artifact_uploads
        WHERE tenant_id = $1::bigint AND upload_id = $2::text
        FOR UPDATE
        """
    )

    static let parts = Statement(
        "artifact_parts",
        """
        SELECT part_number, digest, size, location, key_number FROM hawser.artifact_parts
        WHERE tenant_id = $1::bigint AND upload_id = $2::text
        ORDER BY part_number
        """
    )

    static let part = Statement(
        "artifact_part",
        """
        SELECT size, location FROM hawser.artifact_parts
        WHERE tenant_id = $1::bigint AND upload_id = $2::text AND part_number = $3::integer
        """
    )

    static let putPart = Statement(
        "put_artifact_part",
        """
        INSERT INTO hawser.artifact_parts
            (tenant_id, upload_id, part_number, digest, size, location, key_number)
        VALUES ($1::bigint, $2::text, $3::integer, $4::bytea, $5::bigint, $6::text, $7::bigint)
        ON CONFLICT (tenant_id, upload_id, part_number) DO UPDATE SET
            digest = excluded.digest, size = excluded.size, location = excluded.location,
            key_number = excluded.key_number
        """
    )

    static let discard = Statement(
        "discard_artifact_location",
        """
        INSERT INTO hawser.artifact_garbage (tenant_id, location, due_at)
        VALUES ($1::bigint, $2::text, $3::timestamptz)
        ON CONFLICT DO NOTHING
        """
    )

    /// The parts' files become garbage.
    static let discardParts = Statement(
        "discard_artifact_parts",
        """
        WITH gone AS (
            DELETE FROM hawser.artifact_parts
            WHERE tenant_id = $1::bigint AND upload_id = $2::text
            RETURNING location, size
        ), discarded AS (
            INSERT INTO hawser.artifact_garbage (tenant_id, location, due_at)
            SELECT $1::bigint, location, $3::timestamptz FROM gone
            ON CONFLICT DO NOTHING
        )
        SELECT coalesce(sum(size), 0)::bigint AS size FROM gone
        """
    )

    static let delete = Statement(
        "delete_artifact_upload",
        """
        DELETE FROM hawser.artifact_uploads
        WHERE tenant_id = $1::bigint AND upload_id = $2::text
        """
    )

    static let expired = Statement(
        "expired_artifact_uploads",
        """
        SELECT upload_id FROM hawser.artifact_uploads
        WHERE tenant_id = $1::bigint AND started_at < $2::timestamptz
        LIMIT 100
        """
    )

    static let all = [
        count, insert, find, lock, parts, part, putPart, discard, discardParts, delete, expired,
    ]
}

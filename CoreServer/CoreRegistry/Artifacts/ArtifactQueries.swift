import CorePostgres

enum ArtifactQueries {
    /// What is at a path, and where its bytes are.
    static let find = Statement(
        "artifact_file",
        """
        SELECT f.digest, f.size, f.updated_at, b.location, b.key_number, b.is_damaged
        FROM hawser.artifact_files AS f
        JOIN hawser.artifact_blobs AS b ON b.tenant_id = f.tenant_id AND b.digest = f.digest
        WHERE f.tenant_id = $1::bigint AND f.path = $2::text
        """
    )

    static let findBlob = Statement(
        "artifact_blob",
        """
        SELECT b.digest, b.size, b.stored_at AS updated_at, b.location, b.key_number, b.is_damaged
        FROM hawser.artifact_blobs AS b
        WHERE b.tenant_id = $1::bigint AND b.digest = $2::bytea
        """
    )

    static let lockFile = Statement(
        "lock_artifact_file",
        """
        SELECT digest FROM hawser.artifact_files
        WHERE tenant_id = $1::bigint AND path = $2::text
        FOR UPDATE
        """
    )

    /// Whether one of the paths is a file, or anything lies below the first.
    static let obstacle = Statement(
        "artifact_obstacle",
        """
        SELECT (
            SELECT path FROM hawser.artifact_files
            WHERE tenant_id = $1::bigint AND path = ANY ($2::text[])
            LIMIT 1
        ) AS file, EXISTS (
            SELECT FROM hawser.artifact_files
            WHERE tenant_id = $1::bigint AND path >= $3::text AND path < $4::text
        ) AS is_directory
        """
    )

    /// Of which version a path's files are, if of any.
    static let manifest = Statement(
        "version_of_artifact",
        """
        SELECT m.name, f.version, f.source_path
        FROM hawser.model_version_files AS f
        JOIN hawser.registered_models AS m
            ON m.tenant_id = f.tenant_id AND m.registered_model_id = f.registered_model_id
        WHERE f.tenant_id = $1::bigint
            AND (f.source_path = $2::text OR f.source_path >= $3::text AND f.source_path < $4::text)
        LIMIT 1
        """
    )

    /// Content that is there already stays where it is, unless it is damaged: then this takes its place.
    static let putBlob = Statement(
        "put_artifact_blob",
        """
        INSERT INTO hawser.artifact_blobs AS b
            (tenant_id, digest, size, location, key_number, stored_at, checked_at)
        VALUES ($1::bigint, $2::bytea, $3::bigint, $4::text, $5::bigint, $6::timestamptz,
            $6::timestamptz)
        ON CONFLICT (tenant_id, digest) DO UPDATE SET
            location = CASE WHEN b.is_damaged THEN excluded.location ELSE b.location END,
            key_number = CASE WHEN b.is_damaged THEN excluded.key_number ELSE b.key_number END,
            checked_at = CASE WHEN b.is_damaged THEN excluded.checked_at ELSE b.checked_at END,
            is_damaged = false,
            released_at = NULL
        RETURNING location, xmax = 0 AS is_new
        """
    )

    static let putFile = Statement(
        "put_artifact_file",
        """
        INSERT INTO hawser.artifact_files (tenant_id, path, digest, size, updated_at)
        VALUES ($1::bigint, $2::text, $3::bytea, $4::bigint, $5::timestamptz)
        ON CONFLICT (tenant_id, path) DO UPDATE SET
            digest = excluded.digest, size = excluded.size, updated_at = excluded.updated_at
        """
    )

    static let use = Statement(
        "artifact_use",
        "SELECT bytes FROM hawser.artifact_usage WHERE tenant_id = $1::bigint"
    )

    static let addUse = Statement(
        "add_artifact_use",
        """
        INSERT INTO hawser.artifact_usage AS u (tenant_id, bytes)
        VALUES ($1::bigint, greatest(0, $2::bigint))
        ON CONFLICT (tenant_id) DO UPDATE SET bytes = greatest(0, u.bytes + $2::bigint)
        RETURNING bytes
        """
    )

    /// A file, or all that lies in a directory.
    static let deleteTree = Statement(
        "delete_artifact_tree",
        """
        DELETE FROM hawser.artifact_files
        WHERE tenant_id = $1::bigint
            AND (path = $2::text OR path >= $3::text AND path < $4::text)
        """
    )

    /// The entries of a directory, one probe of the index each: from a file to what follows it, from a
    /// directory to what follows all that lies in it. Paths have no control characters, and of bytes
    /// '0' follows '/'.
    static let list = Statement(
        "list_artifacts",
        """
        WITH RECURSIVE entry AS (
            (
                SELECT path, size FROM hawser.artifact_files
                WHERE tenant_id = $1::bigint AND path >= $2::text AND path < $3::text
                ORDER BY path
                LIMIT 1
            )
            UNION ALL
            SELECT following.path, following.size
            FROM entry, LATERAL (
                SELECT f.path, f.size FROM hawser.artifact_files AS f
                WHERE f.tenant_id = $1::bigint AND f.path < $3::text AND f.path >= (
                    CASE WHEN strpos(substr(entry.path, $4::integer + 1), '/') > 0
                        THEN $2::text
                            || split_part(substr(entry.path, $4::integer + 1), '/', 1) || '0'
                        ELSE entry.path || chr(1)
                    END
                )
                ORDER BY f.path
                LIMIT 1
            ) AS following
        )
        SELECT split_part(substr(path, $4::integer + 1), '/', 1) AS name,
            strpos(substr(path, $4::integer + 1), '/') > 0 AS is_directory, size
        FROM entry
        LIMIT $5::integer
        """
    )

    static let runRoot = Statement(
        "artifact_root_of_run",
        """
        SELECT e.artifact_location || '/' || r.run_id || '/artifacts' AS root
        FROM hawser.runs AS r
        JOIN hawser.experiments AS e
            ON e.tenant_id = r.tenant_id AND e.experiment_id = r.experiment_id
        WHERE r.tenant_id = $1::bigint AND r.run_id = $2::text
        """
    )

    static let modelRoot = Statement(
        "artifact_root_of_logged_model",
        """
        SELECT artifact_location AS root FROM hawser.logged_models
        WHERE tenant_id = $1::bigint AND model_id = $2::text AND NOT is_deleted
        """
    )

    static let damaged = Statement(
        "mark_artifact_damaged",
        """
        UPDATE hawser.artifact_blobs SET is_damaged = true, checked_at = $4::timestamptz
        WHERE tenant_id = $1::bigint AND digest = $2::bytea AND location = $3::text
            AND NOT is_damaged
        """
    )

    static let all = [
        find, findBlob, lockFile, obstacle, manifest, putBlob, putFile, use, addUse, deleteTree,
        list, runRoot, modelRoot, damaged,
    ]
}

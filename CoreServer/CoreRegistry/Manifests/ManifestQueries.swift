import CorePostgres

enum ManifestQueries {
    static let find = Statement(
        "version_manifest",
        """
        SELECT body, digest, signature, key_id, signed_at FROM hawser.version_manifests
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND version = $3::bigint
        """
    )

    /// A root that is one file is that file. Locked, so that whoever changes one of them meanwhile waits,
    /// and sees that it is the version's.
    static let takeFiles = Statement(
        "take_version_files",
        """
        INSERT INTO hawser.model_version_files
            (tenant_id, registered_model_id, version, path, source_path, digest, size)
        SELECT $1::bigint, $2::bigint, $3::bigint,
            CASE WHEN path = $4::text THEN substring(path FROM '[^/]*$')
                ELSE substr(path, length($4::text) + 2) END,
            path, digest, size
        FROM hawser.artifact_files
        WHERE tenant_id = $1::bigint
            AND (path = $4::text OR path >= $5::text AND path < $6::text)
        ORDER BY path
        LIMIT $7::bigint
        FOR SHARE
        """
    )

    static let files = Statement(
        "version_files",
        """
        SELECT path, digest, size FROM hawser.model_version_files
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND version = $3::bigint
        ORDER BY path
        """
    )

    static let insert = Statement(
        "insert_version_manifest",
        """
        INSERT INTO hawser.version_manifests
            (tenant_id, registered_model_id, version, body, digest, signature, key_id, signed_at)
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::text, $5::bytea, $6::bytea, $7::text,
            $8::timestamptz
        )
        RETURNING body, digest, signature, key_id, signed_at
        """
    )

    static let all = [find, takeFiles, files, insert]
}

import CorePostgres

enum BundleQueries {
    private static let columns = """
        m.registered_model_id, m.name, m.description, m.last_version, m.created_at, b.schema,
        b.schema_files, b.version
        """

    private static let table = """
        hawser.bundles AS b
        JOIN hawser.registered_models AS m
            ON m.tenant_id = b.tenant_id AND m.registered_model_id = b.registered_model_id
        """

    static let list = Statement(
        "bundles",
        """
        SELECT \(columns) FROM \(table)
        WHERE m.tenant_id = $1::bigint AND m.name > $2::text
        ORDER BY m.name
        LIMIT $3::bigint
        """
    )

    static let byName = Statement(
        "bundle_by_name",
        """
        SELECT \(columns) FROM \(table)
        WHERE m.tenant_id = $1::bigint AND m.name = $2::text
        """
    )

    static let lock = Statement(
        "lock_bundle",
        """
        SELECT \(columns) FROM \(table)
        WHERE m.tenant_id = $1::bigint AND m.name = $2::text
        FOR UPDATE OF b
        """
    )

    static let insert = Statement(
        "insert_bundle",
        """
        INSERT INTO hawser.bundles
            (tenant_id, registered_model_id, schema, schema_files, updated_at)
        VALUES ($1::bigint, $2::bigint, $3::text, $4::text, $5::timestamptz)
        """
    )

    static let update = Statement(
        "update_bundle",
        """
        UPDATE hawser.bundles
        SET schema = $3::text, schema_files = $4::text, updated_at = $5::timestamptz,
            version = version + 1
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint
        """
    )

    /// What lies below a directory of the store.
    static let files = Statement(
        "bundle_files",
        """
        SELECT substr(path, length($2::text) + 1) AS path, digest, size FROM hawser.artifact_files
        WHERE tenant_id = $1::bigint AND path >= $2::text AND path < $3::text
        ORDER BY path
        LIMIT $4::bigint
        """
    )

    static let file = Statement(
        "bundle_file",
        """
        SELECT f.digest FROM hawser.model_version_files AS f
        JOIN hawser.registered_models AS m
            ON m.tenant_id = f.tenant_id AND m.registered_model_id = f.registered_model_id
        WHERE m.tenant_id = $1::bigint AND m.name = $2::text AND f.version = $3::bigint
            AND f.path = $4::text
        """
    )

    static let all = [list, byName, lock, insert, update, files, file]
}

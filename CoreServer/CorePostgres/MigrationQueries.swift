/// The migrator's SQL.
enum MigrationQueries {
    static let lock = Statement(
        "migration_lock",
        "SELECT pg_advisory_xact_lock($1)"
    )

    static let exists = Statement(
        "migration_exists",
        """
        SELECT
            to_regnamespace('hawser') IS NOT NULL AS has_schema,
            to_regclass('hawser.schema_migrations') IS NOT NULL AS has_table
        """
    )

    static let createTable = """
        CREATE TABLE hawser.schema_migrations (
            number bigint NOT NULL,
            title text NOT NULL,
            digest text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT schema_migrations_pkey PRIMARY KEY (number)
        );
        COMMENT ON TABLE hawser.schema_migrations IS
            'Which migrations were applied; digest is the SHA-256 of the file.';
        """

    static let recorded = Statement(
        "migrations_recorded",
        """
        SELECT number, digest
        FROM hawser.schema_migrations
        ORDER BY number
        """
    )

    /// PostgreSQL computes them, so that this target needs no cryptography of its own.
    static let digests = Statement(
        "migration_digests",
        """
        SELECT encode(sha256(convert_to(file.sql, 'UTF8')), 'hex') AS digest
        FROM unnest($1) WITH ORDINALITY AS file (sql, position)
        ORDER BY file.position
        """
    )

    static let record = Statement(
        "migration_record",
        """
        INSERT INTO hawser.schema_migrations (number, title, digest)
        VALUES ($1, $2, $3)
        """
    )
}

import CorePostgres

/// SQL of model versions.
enum ModelVersionQueries {
    private static let own = """
        tenant_id = v.tenant_id AND registered_model_id = v.registered_model_id
            AND version = v.version
        """

    /// Of rows `v` and `m`: all but what stands in rows of its own.
    static let ownColumns = """
        v.registered_model_id, m.name, v.version, v.description, v.user_name, v.source,
        v.storage_location, v.run_id, v.run_link, v.model_id, v.stage, v.status, v.status_message,
        v.created_at, v.updated_at
        """

    /// Of rows `v` and `m`.
    static let columns = """
        \(ownColumns),
        ARRAY(SELECT key FROM hawser.model_version_tags WHERE \(own) ORDER BY key) AS tag_keys,
        ARRAY(SELECT value FROM hawser.model_version_tags WHERE \(own) ORDER BY key) AS tag_values,
        ARRAY(SELECT alias FROM hawser.model_aliases WHERE \(own) ORDER BY alias) AS aliases
        """

    private static let table = """
        hawser.model_versions AS v
        JOIN hawser.registered_models AS m
            ON m.tenant_id = v.tenant_id AND m.registered_model_id = v.registered_model_id
        """

    /// The same of one model, found first: how long it takes hangs neither on how many others there are
    /// nor on what PostgreSQL believes of them.
    ///
    /// - Parameter condition: of the model's row `m`.
    static func ofOneModel(_ condition: String) -> String {
        """
        (
            SELECT * FROM hawser.registered_models AS m
            WHERE m.tenant_id = $? AND m.name = $?::text AND \(condition)
            OFFSET 0
        ) AS m
        JOIN hawser.model_versions AS v
            ON v.tenant_id = m.tenant_id AND v.registered_model_id = m.registered_model_id
        """
    }

    static let byNumber = Statement(
        "model_version",
        """
        SELECT \(columns) FROM \(table)
        WHERE m.tenant_id = $1::bigint AND m.name = $2::text AND v.version = $3::bigint
        """
    )

    /// Of several at once.
    ///
    /// - Returns: `place`, from 1, in the lists that were given.
    static let byAlias = Statement(
        "model_versions_by_alias",
        """
        SELECT w.place, \(columns)
        FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS w (name, alias, place)
        JOIN hawser.registered_models AS m ON m.tenant_id = $1::bigint AND m.name = w.name
        JOIN hawser.model_aliases AS a
            ON a.tenant_id = $1::bigint AND a.registered_model_id = m.registered_model_id
                AND a.alias = w.alias
        JOIN hawser.model_versions AS v
            ON v.tenant_id = $1::bigint AND v.registered_model_id = a.registered_model_id
                AND v.version = a.version
        """
    )

    /// Tags of versions, and their aliases, which have no value, as many versions' as fit into a page.
    ///
    /// - Returns: `place`, from 1, in the lists that were given; `cut`, the first place that does not fit.
    static let marks = Statement(
        "model_version_marks",
        """
        WITH wanted AS (
            SELECT model, version, place
            FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS w (model, version, place)
        ), marks AS (
            SELECT w.place, t.key, t.value
            FROM wanted AS w
            JOIN hawser.model_version_tags AS t
                ON t.tenant_id = $1::bigint AND t.registered_model_id = w.model
                    AND t.version = w.version
            UNION ALL
            SELECT w.place, a.alias, NULL
            FROM hawser.model_aliases AS a
            JOIN wanted AS w ON w.model = a.registered_model_id AND w.version = a.version
            WHERE a.tenant_id = $1::bigint AND a.registered_model_id = ANY ($2::bigint[])
        ), counted AS (
            SELECT *, sum(octet_length(value)) OVER (ORDER BY place) AS bytes FROM marks
        ), bounded AS (
            SELECT *, min(place) FILTER (WHERE bytes > \(SearchQuery.pageBytes)) OVER () AS cut
            FROM counted
        )
        SELECT place, key, value, cut FROM bounded WHERE cut IS NULL OR place < cut
        """
    )

    /// Draws as many numbers as each of the models is to have, and returns the last; the models' rows are
    /// locked in the order of their names until the transaction ends.
    static let draw = Statement(
        "draw_model_versions",
        """
        WITH locked AS (
            SELECT m.registered_model_id, w.amount, w.at
            FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS w (name, amount, at)
            JOIN hawser.registered_models AS m ON m.tenant_id = $1::bigint AND m.name = w.name
            ORDER BY m.name
            FOR UPDATE OF m
        )
        UPDATE hawser.registered_models AS m
        SET last_version = m.last_version + l.amount, updated_at = l.at
        FROM locked AS l
        WHERE m.tenant_id = $1::bigint AND m.registered_model_id = l.registered_model_id
        RETURNING m.name, m.registered_model_id, m.last_version, EXISTS (
            SELECT FROM hawser.bundles AS b
            WHERE b.tenant_id = m.tenant_id AND b.registered_model_id = m.registered_model_id
        ) AS is_bundle
        """
    )

    /// Versions that are ready, and their tags.
    static let insert = Statement(
        "insert_model_versions",
        """
        WITH versions AS (
            INSERT INTO hawser.model_versions
                (tenant_id, registered_model_id, version, description, user_name, source,
                storage_location, run_id, run_link, model_id, status, created_at, updated_at)
            SELECT $1::bigint, model, version, description, user_name, source, storage_location,
                run_id, run_link, model_id, 3, at, at
            FROM unnest(
                $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::bigint[]
            ) AS v (
                model, version, description, user_name, source, storage_location, run_id,
                run_link, model_id, at
            )
        )
        INSERT INTO hawser.model_version_tags (tenant_id, registered_model_id, version, key, value)
        SELECT $1::bigint, model, version, key, value
        FROM unnest($12::bigint[], $13::bigint[], $14::text[], $15::text[])
            AS t (model, version, key, value)
        """
    )

    static let update = Statement(
        "update_model_version",
        """
        UPDATE hawser.model_versions
        SET description = $4::text, stage = $5::integer, updated_at = $6::bigint
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND version = $3::bigint
        """
    )

    static let archiveOthers = Statement(
        "archive_model_versions",
        """
        UPDATE hawser.model_versions SET stage = 3, updated_at = $5::bigint
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND version <> $3::bigint
            AND stage = $4::integer
        RETURNING version
        """
    )

    static let delete = Statement(
        "delete_model_version",
        """
        DELETE FROM hawser.model_versions
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND version = $3::bigint
        """
    )

    static let setTags = Statement(
        "set_model_version_tags",
        """
        INSERT INTO hawser.model_version_tags (tenant_id, registered_model_id, version, key, value)
        SELECT $1::bigint, $2::bigint, $3::bigint, key, value
        FROM unnest($4::text[], $5::text[]) AS t (key, value) ORDER BY key
        ON CONFLICT (tenant_id, registered_model_id, version, key) DO UPDATE
        SET value = excluded.value
        """
    )

    static let deleteTag = Statement(
        "delete_model_version_tag",
        """
        DELETE FROM hawser.model_version_tags
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND version = $3::bigint
            AND key = $4::text
        """
    )

    static let subject = SearchSubject(
        noun: "model version",
        table: table,
        attributeNames: ["attribute", "attributes", "attr"],
        attributes: [
            .init(names: ["name"], expression: "m.name", kind: .text(allowsList: true)),
            .init(names: ["run_id"], expression: "v.run_id", kind: .text(allowsList: true)),
            .init(names: ["source_path"], expression: "v.source", kind: .text(allowsList: false)),
            .init(names: ["version_number"], expression: "v.version", kind: .integer),
            .init(
                names: ["creation_timestamp"],
                expression: "v.created_at",
                kind: .number,
                canFilter: false
            ),
            .init(
                names: ["last_updated_timestamp"],
                expression: "v.updated_at",
                kind: .number,
                canFilter: false
            ),
        ],
        sides: [
            .init(
                names: ["tag", "tags"],
                table: "hawser.model_version_tags",
                join: """
                    s.tenant_id = v.tenant_id AND s.registered_model_id = v.registered_model_id
                        AND s.version = v.version
                    """,
                isNumeric: false,
                canOrder: false
            )
        ],
        lastOrder: "v.updated_at DESC, m.name ASC, v.version DESC"
    )

    static let all = [
        byNumber, byAlias, marks, draw, insert, update, archiveOthers, delete, setTags, deleteTag,
    ]
}

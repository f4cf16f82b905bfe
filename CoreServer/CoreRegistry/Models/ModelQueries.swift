import CorePostgres

/// SQL of registered models.
enum ModelQueries {
    /// Of a row `m`.
    static let columns = """
        m.registered_model_id, m.name, m.description, m.created_at, m.updated_at,
        ARRAY(
            SELECT t.key FROM hawser.registered_model_tags AS t
            WHERE t.tenant_id = m.tenant_id AND t.registered_model_id = m.registered_model_id
            ORDER BY t.key
        ) AS tag_keys,
        ARRAY(
            SELECT t.value FROM hawser.registered_model_tags AS t
            WHERE t.tenant_id = m.tenant_id AND t.registered_model_id = m.registered_model_id
            ORDER BY t.key
        ) AS tag_values,
        ARRAY(
            SELECT a.alias FROM hawser.model_aliases AS a
            WHERE a.tenant_id = m.tenant_id AND a.registered_model_id = m.registered_model_id
            ORDER BY a.alias
        ) AS alias_names,
        ARRAY(
            SELECT a.version FROM hawser.model_aliases AS a
            WHERE a.tenant_id = m.tenant_id AND a.registered_model_id = m.registered_model_id
            ORDER BY a.alias
        ) AS alias_versions
        """

    static let byName = Statement(
        "registered_model_by_name",
        """
        SELECT \(columns) FROM hawser.registered_models AS m
        WHERE m.tenant_id = $1::bigint AND m.name = $2::text
        """
    )

    /// Nothing is read with it: what a statement reads beside a row that it had to wait for is from
    /// before it waited.
    static let lock = Statement(
        "lock_registered_model",
        """
        SELECT registered_model_id FROM hawser.registered_models
        WHERE tenant_id = $1::bigint AND name = $2::text
        FOR UPDATE
        """
    )

    /// The newest of each stage, whatever else there is.
    static let latest = Statement(
        "latest_model_versions",
        """
        SELECT \(ModelVersionQueries.columns)
        FROM unnest($2::bigint[]) AS wanted (number)
        JOIN hawser.registered_models AS m
            ON m.tenant_id = $1::bigint AND m.registered_model_id = wanted.number
        CROSS JOIN (VALUES (0), (1), (2), (3)) AS stages (stage)
        CROSS JOIN LATERAL (
            SELECT * FROM hawser.model_versions AS x
            WHERE x.tenant_id = m.tenant_id AND x.registered_model_id = m.registered_model_id
                AND x.stage = stages.stage
            ORDER BY x.version DESC
            LIMIT 1
        ) AS v
        ORDER BY m.registered_model_id, v.stage
        """
    )

    static let insert = Statement(
        "insert_registered_model",
        """
        INSERT INTO hawser.registered_models
            (tenant_id, registered_model_id, name, description, created_at, updated_at)
        VALUES (
            $1::bigint, nextval('hawser.registered_model_numbers'), $2::text, $3::text, $4::bigint,
            $4::bigint
        )
        RETURNING registered_model_id
        """
    )

    static let update = Statement(
        "update_registered_model",
        """
        UPDATE hawser.registered_models
        SET name = $3::text, description = $4::text, updated_at = $5::bigint
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint
        """
    )

    static let touchVersions = Statement(
        "touch_model_versions",
        """
        UPDATE hawser.model_versions SET updated_at = $3::bigint
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint
        """
    )

    static let touch = Statement(
        "touch_registered_model",
        """
        UPDATE hawser.registered_models SET updated_at = $3::bigint
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint
        """
    )

    static let delete = Statement(
        "delete_registered_model",
        """
        DELETE FROM hawser.registered_models
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint
        """
    )

    static let setTags = Statement(
        "set_registered_model_tags",
        """
        INSERT INTO hawser.registered_model_tags (tenant_id, registered_model_id, key, value)
        SELECT $1::bigint, $2::bigint, key, value
        FROM unnest($3::text[], $4::text[]) AS t (key, value) ORDER BY key
        ON CONFLICT (tenant_id, registered_model_id, key) DO UPDATE SET value = excluded.value
        """
    )

    static let deleteTag = Statement(
        "delete_registered_model_tag",
        """
        DELETE FROM hawser.registered_model_tags
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND key = $3::text
        """
    )

    static let setAlias = Statement(
        "set_model_alias",
        """
        INSERT INTO hawser.model_aliases (tenant_id, registered_model_id, alias, version)
        VALUES ($1::bigint, $2::bigint, $3::text, $4::bigint)
        ON CONFLICT (tenant_id, registered_model_id, alias) DO UPDATE
        SET version = excluded.version
        """
    )

    static let deleteAlias = Statement(
        "delete_model_alias",
        """
        DELETE FROM hawser.model_aliases
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND alias = $3::text
        RETURNING version
        """
    )

    private static let side =
        "s.tenant_id = m.tenant_id AND s.registered_model_id = m.registered_model_id"

    static let subject = SearchSubject(
        noun: "registered model",
        table: "hawser.registered_models AS m",
        attributeNames: ["attribute", "attributes", "attr"],
        attributes: [
            .init(names: ["name"], expression: "m.name", kind: .text(allowsList: true)),
            .init(
                names: ["timestamp", "last_updated_timestamp"],
                expression: "m.updated_at",
                kind: .number,
                canFilter: false
            ),
        ],
        sides: [
            .init(
                names: ["tag", "tags"],
                table: "hawser.registered_model_tags",
                join: side,
                isNumeric: false,
                canOrder: false
            )
        ],
        lastOrder: "m.name ASC"
    )

    static let all = [
        byName, lock, latest, insert, update, touchVersions, touch, delete, setTags, deleteTag,
        setAlias, deleteAlias,
    ]
}

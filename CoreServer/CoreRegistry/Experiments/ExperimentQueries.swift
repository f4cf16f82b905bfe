import CorePostgres

enum ExperimentQueries {
    /// Of a row `e`, its tags in two columns that go together.
    static let columns = """
        e.experiment_id, e.name, e.artifact_location, e.is_deleted, e.created_at, e.updated_at,
        ARRAY(
            SELECT t.key FROM hawser.experiment_tags AS t
            WHERE t.tenant_id = e.tenant_id AND t.experiment_id = e.experiment_id ORDER BY t.key
        ) AS tag_keys,
        ARRAY(
            SELECT t.value FROM hawser.experiment_tags AS t
            WHERE t.tenant_id = e.tenant_id AND t.experiment_id = e.experiment_id ORDER BY t.key
        ) AS tag_values
        """

    static let byID = Statement(
        "experiment_by_id",
        """
        SELECT \(columns) FROM hawser.experiments AS e
        WHERE e.tenant_id = $1::bigint AND e.experiment_id = $2::bigint
        """
    )

    static let lock = Statement(
        "lock_experiment",
        """
        SELECT experiment_id FROM hawser.experiments
        WHERE tenant_id = $1::bigint AND experiment_id = $2::bigint
        FOR UPDATE
        """
    )

    static let byName = Statement(
        "experiment_by_name",
        """
        SELECT \(columns) FROM hawser.experiments AS e
        WHERE e.tenant_id = $1::bigint AND e.name = $2::text
        """
    )

    static let insert = Statement(
        "insert_experiment",
        """
        INSERT INTO hawser.experiments
            (tenant_id, experiment_id, name, artifact_location, created_at, updated_at)
        VALUES ($1::bigint, $2::bigint, $3::text, $4::text, $5::bigint, $5::bigint)
        """
    )

    static let rename = Statement(
        "rename_experiment",
        """
        UPDATE hawser.experiments SET name = $3::text, updated_at = $4::bigint
        WHERE tenant_id = $1::bigint AND experiment_id = $2::bigint
        """
    )

    static let setDeleted = Statement(
        "set_experiment_deleted",
        """
        UPDATE hawser.experiments SET is_deleted = $3::boolean, updated_at = $4::bigint
        WHERE tenant_id = $1::bigint AND experiment_id = $2::bigint
        """
    )

    static let setRunsDeleted = Statement(
        "set_runs_of_experiment_deleted",
        """
        UPDATE hawser.runs SET is_deleted = $3::boolean
        WHERE tenant_id = $1::bigint AND experiment_id = $2::bigint AND is_deleted <> $3::boolean
        """
    )

    static let setTags = Statement(
        "set_experiment_tags",
        """
        INSERT INTO hawser.experiment_tags (tenant_id, experiment_id, key, value)
        SELECT $1::bigint, $2::bigint, key, value FROM unnest($3::text[], $4::text[]) AS t (key, value)
        ON CONFLICT (tenant_id, experiment_id, key) DO UPDATE SET value = excluded.value
        """
    )

    static let deleteTag = Statement(
        "delete_experiment_tag",
        """
        DELETE FROM hawser.experiment_tags
        WHERE tenant_id = $1::bigint AND experiment_id = $2::bigint AND key = $3::text
        """
    )

    static let subject = SearchSubject(
        noun: "experiment",
        table: "hawser.experiments AS e",
        attributeNames: ["attribute", "attributes", "attr", "experiment"],
        attributes: [
            .init(names: ["name"], expression: "e.name", kind: .text(allowsList: false)),
            .init(
                names: ["experiment_id"],
                expression: "e.experiment_id::text",
                kind: .text(allowsList: true)
            ), .init(names: ["creation_time"], expression: "e.created_at", kind: .number),
            .init(names: ["last_update_time"], expression: "e.updated_at", kind: .number),
        ],
        sides: [
            .init(
                names: ["tag", "tags"],
                table: "hawser.experiment_tags",
                join: "s.tenant_id = e.tenant_id AND s.experiment_id = e.experiment_id",
                isNumeric: false,
                canOrder: false,
                canBeNull: true
            )
        ],
        lastOrder: "e.created_at DESC, e.experiment_id DESC"
    )

    static let all = [
        byID, lock, byName, insert, rename, setDeleted, setRunsDeleted, setTags, deleteTag,
    ]
}

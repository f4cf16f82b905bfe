import CorePostgres

enum LoggedModelQueries {
    private static func array(_ column: String, _ table: String) -> String {
        """
        ARRAY(
            SELECT x.\(column) FROM hawser.\(table) AS x
            WHERE x.tenant_id = l.tenant_id AND x.model_id = l.model_id ORDER BY x.key
        )
        """
    }

    /// Of a row `l`.
    static let columns = """
        l.model_id, l.experiment_id, l.name, l.source_run_id, l.status, l.status_message, l.model_type,
        l.artifact_location, l.is_deleted, l.created_at, l.updated_at,
        \(array("key", "logged_model_params")) AS param_keys,
        \(array("value", "logged_model_params")) AS param_values,
        \(array("key", "logged_model_tags")) AS tag_keys,
        \(array("value", "logged_model_tags")) AS tag_values
        """

    static let byID = Statement(
        "logged_model_by_id",
        """
        SELECT \(columns) FROM hawser.logged_models AS l
        WHERE l.tenant_id = $1::bigint AND l.model_id = $2::text
        """
    )

    static let lock = Statement(
        "lock_logged_model",
        """
        SELECT model_id FROM hawser.logged_models
        WHERE tenant_id = $1::bigint AND model_id = $2::text
        FOR UPDATE
        """
    )

    static let insert = Statement(
        "insert_logged_model",
        """
        INSERT INTO hawser.logged_models
            (tenant_id, model_id, experiment_id, name, source_run_id, status, model_type,
            artifact_location, created_at, updated_at)
        VALUES (
            $1::bigint, $2::text, $3::bigint, $4::text, $5::text, 1, $6::text, $7::text, $8::bigint,
            $8::bigint
        )
        """
    )

    static let setStatus = Statement(
        "set_logged_model_status",
        """
        UPDATE hawser.logged_models
        SET status = $3::integer, updated_at = $4::bigint
        WHERE tenant_id = $1::bigint AND model_id = $2::text
        """
    )

    static let delete = Statement(
        "delete_logged_model",
        """
        UPDATE hawser.logged_models
        SET is_deleted = true, updated_at = $3::bigint
        WHERE tenant_id = $1::bigint AND model_id = $2::text
        """
    )

    static let setTags = Statement(
        "set_logged_model_tags",
        """
        INSERT INTO hawser.logged_model_tags (tenant_id, model_id, key, value)
        SELECT $1::bigint, $2::text, key, value
        FROM unnest($3::text[], $4::text[]) AS t (key, value) ORDER BY key
        ON CONFLICT (tenant_id, model_id, key) DO UPDATE SET value = excluded.value
        """
    )

    static let deleteTag = Statement(
        "delete_logged_model_tag",
        """
        DELETE FROM hawser.logged_model_tags
        WHERE tenant_id = $1::bigint AND model_id = $2::text AND key = $3::text
        """
    )

    static let setParams = Statement(
        "set_logged_model_params",
        """
        INSERT INTO hawser.logged_model_params (tenant_id, model_id, key, value)
        SELECT $1::bigint, $2::text, key, value
        FROM unnest($3::text[], $4::text[]) AS t (key, value) ORDER BY key
        ON CONFLICT (tenant_id, model_id, key) DO UPDATE SET value = excluded.value
        """
    )

    /// The latest of each key and run.
    static let metrics = Statement(
        "metrics_of_logged_models",
        """
        SELECT DISTINCT ON (model_id, key, run_id, dataset_name, dataset_digest)
            model_id, key, logged_at, step, value, run_id, dataset_name, dataset_digest
        FROM hawser.logged_model_metrics
        WHERE tenant_id = $1::bigint AND model_id = ANY ($2::text[])
        ORDER BY model_id, key, run_id, dataset_name, dataset_digest, step DESC, logged_at DESC,
            value DESC
        """
    )

    private static let side = "s.tenant_id = l.tenant_id AND s.model_id = l.model_id"

    static let subject = SearchSubject(
        noun: "logged model",
        table: "hawser.logged_models AS l",
        attributeNames: ["attribute", "attributes", "attr"],
        attributes: [
            .init(names: ["name"], expression: "l.name", kind: .text(allowsList: true)),
            .init(names: ["model_id"], expression: "l.model_id", kind: .text(allowsList: true)),
            .init(names: ["model_type"], expression: "l.model_type", kind: .text(allowsList: true)),
            .init(
                names: ["status"],
                expression: "(ARRAY['PENDING', 'READY', 'UPLOAD_FAILED'])[l.status]",
                kind: .text(allowsList: true)
            ),
            .init(
                names: ["source_run_id"],
                expression: "coalesce(l.source_run_id, '')",
                kind: .text(allowsList: true)
            ),
            .init(
                names: ["creation_timestamp", "creation_time", "creation_timestamp_ms"],
                expression: "l.created_at",
                kind: .number
            ),
            .init(
                names: ["last_updated_timestamp", "last_updated_timestamp_ms"],
                expression: "l.updated_at",
                kind: .number
            ),
            .init(
                names: ["experiment_id"],
                expression: "l.experiment_id::text",
                kind: .text(allowsList: true)
            ),
        ],
        sides: [
            .init(
                names: ["metrics", "metric"],
                table: """
                    (
                        SELECT DISTINCT ON (tenant_id, model_id, key)
                            tenant_id, model_id, key, value
                        FROM hawser.logged_model_metrics
                        ORDER BY tenant_id, model_id, key, step DESC, logged_at DESC, value DESC
                    )
                    """,
                join: side,
                isNumeric: true
            ),
            .init(
                names: ["params", "param"],
                table: "hawser.logged_model_params",
                join: side,
                isNumeric: false,
                canOrder: false,
                canBeNull: true
            ),
            .init(
                names: ["tags", "tag"],
                table: "hawser.logged_model_tags",
                join: side,
                isNumeric: false,
                canOrder: false,
                canBeNull: true
            ),
        ],
        lastOrder: "l.created_at DESC, l.model_id ASC"
    )

    static let all = [
        byID, lock, insert, setStatus, delete, setTags, deleteTag, setParams, metrics,
    ]
}

import CorePostgres

/// SQL of runs themselves; what they log is in `RunLogQueries`.
enum RunQueries {
    private static func array(_ expression: String, _ table: String, _ type: String) -> String {
        """
        ARRAY(
            SELECT x.\(expression) FROM hawser.\(table) AS x
            WHERE x.tenant_id = r.tenant_id AND x.run_id = r.run_id ORDER BY x.key
        )::\(type)[]
        """
    }

    /// Of rows `r` and `e`, with what was logged in columns that go together.
    static let columns = """
        r.run_id, r.experiment_id, r.name, r.user_name, r.status, r.started_at, r.ended_at,
        r.is_deleted, e.artifact_location,
        \(array("key", "run_params", "text")) AS param_keys,
        \(array("value", "run_params", "text")) AS param_values,
        \(array("key", "run_tags", "text")) AS tag_keys,
        \(array("value", "run_tags", "text")) AS tag_values,
        \(array("key", "run_latest_metrics", "text")) AS metric_keys,
        \(array("value", "run_latest_metrics", "double precision")) AS metric_values,
        \(array("logged_at", "run_latest_metrics", "bigint")) AS metric_times,
        \(array("step", "run_latest_metrics", "bigint")) AS metric_steps
        """

    private static let table = """
        hawser.runs AS r
        JOIN hawser.experiments AS e
            ON e.tenant_id = r.tenant_id AND e.experiment_id = r.experiment_id
        """

    static let byID = Statement(
        "run_by_id",
        """
        SELECT \(columns) FROM \(table)
        WHERE r.tenant_id = $1::bigint AND r.run_id = $2::text
        """
    )

    /// What a writer asks before it writes.
    static let state = Statement(
        "run_state",
        """
        SELECT experiment_id, is_deleted FROM hawser.runs
        WHERE tenant_id = $1::bigint AND run_id = $2::text
        """
    )

    static let lock = Statement(
        "lock_run",
        """
        SELECT experiment_id, is_deleted FROM hawser.runs
        WHERE tenant_id = $1::bigint AND run_id = $2::text
        FOR UPDATE
        """
    )

    static let insert = Statement(
        "insert_run",
        """
        INSERT INTO hawser.runs
            (tenant_id, run_id, experiment_id, name, user_name, status, started_at)
        VALUES ($1::bigint, $2::text, $3::bigint, $4::text, $5::text, 1, $6::bigint)
        """
    )

    static let update = Statement(
        "update_run",
        """
        UPDATE hawser.runs
        SET status = coalesce($3::integer, status), ended_at = coalesce($4::bigint, ended_at),
            name = coalesce($5::text, name)
        WHERE tenant_id = $1::bigint AND run_id = $2::text
        """
    )

    static let setDeleted = Statement(
        "set_run_deleted",
        """
        UPDATE hawser.runs SET is_deleted = $3::boolean
        WHERE tenant_id = $1::bigint AND run_id = $2::text
        """
    )

    static let datasets = Statement(
        "datasets_of_runs",
        """
        SELECT i.run_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile,
            ARRAY(SELECT key FROM jsonb_each_text(i.tags) ORDER BY key) AS tag_keys,
            ARRAY(SELECT value FROM jsonb_each_text(i.tags) ORDER BY key) AS tag_values
        FROM hawser.run_datasets AS i
        JOIN hawser.datasets AS d USING (tenant_id, experiment_id, name, digest)
        WHERE i.tenant_id = $1::bigint AND i.run_id = ANY ($2::text[])
        ORDER BY i.run_id, d.name, d.digest
        """
    )

    static let models = Statement(
        "models_of_runs",
        """
        SELECT run_id, is_output, model_id, step FROM hawser.run_models
        WHERE tenant_id = $1::bigint AND run_id = ANY ($2::text[])
        ORDER BY run_id, step, model_id
        """
    )

    private static let side = "s.tenant_id = r.tenant_id AND s.run_id = r.run_id"

    static let subject = SearchSubject(
        noun: "run",
        table: table,
        attributeNames: ["attribute", "attributes", "attr", "run"],
        attributes: [
            .init(
                names: ["run_id"],
                expression: "r.run_id",
                kind: .text(allowsList: true)
            ),
            .init(
                names: ["run_name", "run name", "Run name", "Run Name"],
                expression: "r.name",
                kind: .text(allowsList: false)
            ),
            .init(
                names: ["status"],
                expression:
                    "(ARRAY['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'])[r.status]",
                kind: .text(allowsList: false)
            ),
            .init(
                names: ["user_id", "user", "User"],
                expression: "r.user_name",
                kind: .text(allowsList: false)
            ),
            .init(
                names: ["artifact_uri"],
                expression: "(e.artifact_location || '/' || r.run_id || '/artifacts')",
                kind: .text(allowsList: false)
            ),
            .init(
                names: ["start_time", "created", "Created"],
                expression: "r.started_at",
                kind: .number
            ), .init(names: ["end_time"], expression: "r.ended_at", kind: .number),
        ],
        sides: [
            .init(
                names: ["metric", "metrics"],
                table: "hawser.run_latest_metrics",
                join: side,
                isNumeric: true
            ),
            .init(
                names: ["parameter", "parameters", "param", "params"],
                table: "hawser.run_params",
                join: side,
                isNumeric: false,
                canBeNull: true
            ),
            .init(
                names: ["tag", "tags"],
                table: "hawser.run_tags",
                join: side,
                isNumeric: false,
                canBeNull: true
            ),
        ],
        datasets: .init(
            names: ["dataset", "datasets"],
            table: "hawser.run_datasets",
            join: side,
            isNumeric: false
        ),
        lastOrder: "r.started_at DESC, r.run_id ASC"
    )

    static let all = [byID, state, lock, insert, update, setDeleted, datasets, models]
}

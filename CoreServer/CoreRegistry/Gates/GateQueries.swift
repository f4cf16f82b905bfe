import CorePostgres

enum GateQueries {
    private static let columns = """
        name, model, target, rules::text AS rules, approvals, approvers, created_at, updated_at, version
        """

    static let list = Statement(
        "gates",
        """
        SELECT \(columns) FROM hawser.gates
        WHERE tenant_id = $1::bigint AND name > $2::text
        ORDER BY name
        LIMIT $3::bigint
        """
    )

    static let byName = Statement(
        "gate_by_name",
        "SELECT \(columns) FROM hawser.gates WHERE tenant_id = $1::bigint AND name = $2::text"
    )

    static let lock = Statement(
        "lock_gate",
        """
        SELECT \(columns) FROM hawser.gates WHERE tenant_id = $1::bigint AND name = $2::text
        FOR UPDATE
        """
    )

    /// Those that stand before a move; locked, so that none is changed while it is made.
    static let standing = Statement(
        "standing_gates",
        """
        SELECT \(columns) FROM hawser.gates
        WHERE tenant_id = $1::bigint AND model IN ($2::text, '*') AND target = $3::text
        ORDER BY name
        FOR SHARE
        """
    )

    /// Of a model, whatever alias they are about.
    static let ofModel = Statement(
        "gates_of_model",
        """
        SELECT \(columns) FROM hawser.gates
        WHERE tenant_id = $1::bigint AND model IN ($2::text, '*')
        ORDER BY name
        """
    )

    static let insert = Statement(
        "insert_gate",
        """
        INSERT INTO hawser.gates
            (tenant_id, name, model, target, rules, approvals, approvers, created_at, updated_at)
        VALUES (
            $1::bigint, $2::text, $3::text, $4::text, $5::jsonb, $6::integer, $8::text,
            $7::timestamptz, $7::timestamptz
        )
        RETURNING \(columns)
        """
    )

    static let update = Statement(
        "update_gate",
        """
        UPDATE hawser.gates
        SET model = $3::text, target = $4::text, rules = $5::jsonb, approvals = $6::integer,
            approvers = $8::text, updated_at = $7::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND name = $2::text
        RETURNING \(columns)
        """
    )

    /// Beside the one of a name.
    static let count = Statement(
        "count_gates",
        """
        SELECT count(*) AS gates, count(*) FILTER (WHERE model = $2::text) AS of_model
        FROM hawser.gates
        WHERE tenant_id = $1::bigint AND name <> $3::text
        """
    )

    static let delete = Statement(
        "delete_gate",
        "DELETE FROM hawser.gates WHERE tenant_id = $1::bigint AND name = $2::text"
    )

    /// A number of some runs, and how many values of it were logged since a moment.
    static let runMetric = Statement(
        "gate_run_metric",
        """
        SELECT l.run_id, l.value, l.logged_at,
            (
                SELECT count(*) FROM hawser.run_metrics AS m
                WHERE m.tenant_id = l.tenant_id AND m.run_id = l.run_id AND m.key = l.key
                    AND m.logged_at >= $4::bigint
            ) AS points
        FROM hawser.run_latest_metrics AS l
        WHERE l.tenant_id = $1::bigint AND l.run_id = ANY ($2::text[]) AND l.key = $3::text
        ORDER BY l.run_id
        """
    )

    static let modelMetric = Statement(
        "gate_model_metric",
        """
        SELECT DISTINCT ON (run_id) run_id, value, logged_at,
            count(*) FILTER (WHERE logged_at >= $4::bigint) OVER (PARTITION BY run_id) AS points
        FROM hawser.logged_model_metrics
        WHERE tenant_id = $1::bigint AND model_id = $2::text AND key = $3::text
        ORDER BY run_id, step DESC, logged_at DESC, value DESC
        """
    )

    static let all = [
        list, byName, lock, standing, ofModel, insert, update, count, delete, runMetric,
        modelMetric,
    ]
}

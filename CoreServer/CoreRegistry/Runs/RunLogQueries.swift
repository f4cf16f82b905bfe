import CorePostgres

/// SQL of what runs log.
enum RunLogQueries {
    /// What writers to several runs ask before they write.
    static let states = Statement(
        "run_states",
        """
        SELECT run_id, is_deleted FROM hawser.runs
        WHERE tenant_id = $1::bigint AND run_id = ANY ($2::text[])
        """
    )

    /// All of them each once, and the latest of each key: in the order of the keys, so that two
    /// batches wait for each other instead of locking each other out.
    static let metrics = Statement(
        "log_run_metrics",
        """
        WITH logged AS (
            SELECT run_id, key, logged_at, step, value
            FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::double precision[])
                AS m (run_id, key, logged_at, step, value)
        ), kept AS (
            INSERT INTO hawser.run_metrics (tenant_id, run_id, key, logged_at, step, value)
            SELECT $1::bigint, run_id, key, logged_at, step, value FROM logged
            ORDER BY run_id, key, logged_at, step, value
            ON CONFLICT DO NOTHING
        )
        INSERT INTO hawser.run_latest_metrics AS l
            (tenant_id, run_id, key, logged_at, step, value)
        SELECT DISTINCT ON (run_id, key) $1::bigint, run_id, key, logged_at, step, value
        FROM logged
        ORDER BY run_id, key, step DESC, logged_at DESC, value DESC
        ON CONFLICT (tenant_id, run_id, key) DO UPDATE
        SET logged_at = excluded.logged_at, step = excluded.step, value = excluded.value
        WHERE (excluded.step, excluded.logged_at, excluded.value) > (l.step, l.logged_at, l.value)
        """
    )

    static let modelMetrics = Statement(
        "log_model_metrics",
        """
        INSERT INTO hawser.logged_model_metrics
            (tenant_id, model_id, key, logged_at, step, value, run_id, dataset_name, dataset_digest)
        SELECT $1::bigint, m.model_id, m.key, m.logged_at, m.step, m.value, m.run_id,
            m.dataset_name, m.dataset_digest
        FROM unnest(
            $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::double precision[],
            $7::text[], $8::text[], $9::text[]
        ) AS m (run_id, key, logged_at, step, value, model_id, dataset_name, dataset_digest)
        JOIN hawser.logged_models AS l ON l.tenant_id = $1::bigint AND l.model_id = m.model_id
        ORDER BY m.model_id, m.key
        ON CONFLICT DO NOTHING
        """
    )

    static let params = Statement(
        "log_run_params",
        """
        INSERT INTO hawser.run_params (tenant_id, run_id, key, value)
        SELECT $1::bigint, run_id, key, value
        FROM unnest($2::text[], $3::text[], $4::text[]) AS p (run_id, key, value)
        ORDER BY run_id, key
        ON CONFLICT DO NOTHING
        """
    )

    /// The first parameter that is there already, and is something else.
    static let changedParam = Statement(
        "changed_run_param",
        """
        SELECT r.run_id, p.key, p.value AS wanted, r.value
        FROM unnest($2::text[], $3::text[], $4::text[]) AS p (run_id, key, value)
        JOIN hawser.run_params AS r
            ON r.tenant_id = $1::bigint AND r.run_id = p.run_id AND r.key = p.key
        WHERE r.value <> p.value
        ORDER BY p.run_id, p.key
        LIMIT 1
        """
    )

    /// Each tag of a run once.
    static let tagsOfRuns = Statement(
        "set_tags_of_runs",
        """
        INSERT INTO hawser.run_tags (tenant_id, run_id, key, value)
        SELECT $1::bigint, run_id, key, value
        FROM unnest($2::text[], $3::text[], $4::text[]) AS t (run_id, key, value)
        ORDER BY run_id, key
        ON CONFLICT (tenant_id, run_id, key) DO UPDATE SET value = excluded.value
        """
    )

    static let tags = Statement(
        "set_run_tags",
        """
        INSERT INTO hawser.run_tags (tenant_id, run_id, key, value)
        SELECT $1::bigint, $2::text, key, value
        FROM unnest($3::text[], $4::text[]) AS t (key, value)
        ORDER BY key
        ON CONFLICT (tenant_id, run_id, key) DO UPDATE SET value = excluded.value
        """
    )

    static let deleteTag = Statement(
        "delete_run_tag",
        """
        DELETE FROM hawser.run_tags
        WHERE tenant_id = $1::bigint AND run_id = $2::text AND key = $3::text
        """
    )

    static let tag = Statement(
        "run_tag",
        """
        SELECT value FROM hawser.run_tags
        WHERE tenant_id = $1::bigint AND run_id = $2::text AND key = $3::text
        """
    )

    static let dataset = Statement(
        "insert_dataset",
        """
        INSERT INTO hawser.datasets
            (tenant_id, experiment_id, name, digest, source_type, source, schema, profile)
        VALUES (
            $1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text
        )
        ON CONFLICT DO NOTHING
        """
    )

    static let runDataset = Statement(
        "insert_run_dataset",
        """
        INSERT INTO hawser.run_datasets
            (tenant_id, run_id, name, digest, experiment_id, context, tags)
        SELECT $1::bigint, $2::text, $3::text, $4::text, $5::bigint, $6::text,
            coalesce(jsonb_object_agg(key, value) FILTER (WHERE key IS NOT NULL), '{}')
        FROM (SELECT 1) AS one LEFT JOIN unnest($7::text[], $8::text[]) AS t (key, value) ON true
        ON CONFLICT (tenant_id, run_id, name, digest) DO UPDATE
        SET context = coalesce(excluded.context, run_datasets.context),
            tags = run_datasets.tags || excluded.tags
        """
    )

    static let runModels = Statement(
        "insert_run_models",
        """
        INSERT INTO hawser.run_models (tenant_id, run_id, is_output, model_id, step)
        SELECT $1::bigint, $2::text, $3::boolean, model_id, step
        FROM unnest($4::text[], $5::bigint[]) AS m (model_id, step)
        ON CONFLICT DO NOTHING
        """
    )

    /// - Parameter after: time, step and value of the last one of the page before.
    static let history = Statement(
        "metric_history",
        """
        SELECT logged_at, step, value FROM hawser.run_metrics
        WHERE tenant_id = $1::bigint AND run_id = $2::text AND key = $3::text
            AND (logged_at, step, value) > ($4::bigint, $5::bigint, $6::double precision)
        ORDER BY logged_at, step, value
        LIMIT $7::bigint
        """
    )

    /// Of many runs, at steps that are spread evenly where there are more than are wanted.
    static let sampledHistory = Statement(
        "sampled_metric_history",
        """
        WITH steps AS (
            SELECT DISTINCT step FROM hawser.run_metrics
            WHERE tenant_id = $1::bigint AND run_id = ANY ($2::text[]) AND key = $3::text
                AND step BETWEEN $4::bigint AND $5::bigint
        ), numbered AS (
            SELECT step, row_number() OVER (ORDER BY step) - 1 AS n, count(*) OVER () AS total
            FROM steps
        ), sampled AS (
            SELECT step FROM numbered
            WHERE total <= $6::bigint OR n = 0 OR n = total - 1
                OR n * $6::bigint / total <> (n - 1) * $6::bigint / total
        )
        SELECT m.run_id, m.logged_at, m.step, m.value
        FROM hawser.run_metrics AS m JOIN sampled USING (step)
        WHERE m.tenant_id = $1::bigint AND m.run_id = ANY ($2::text[]) AND m.key = $3::text
        ORDER BY m.run_id, m.logged_at, m.step, m.value
        LIMIT 100000
        """
    )

    static let all = [
        states, metrics, modelMetrics, params, changedParam, tags, tagsOfRuns, deleteTag, tag,
        dataset, runDataset,
        runModels, history, sampledHistory,
    ]
}

import CorePostgres

/// SQL of what people look through.
enum ModelCatalogueQueries {
    private static let isPrompt = PromptFilter.condition(wantsPrompts: true)

    private static let columns = """
        \(ModelQueries.columns), m.last_version,
        CASE
            WHEN EXISTS (
                SELECT FROM hawser.bundles AS b
                WHERE b.tenant_id = m.tenant_id AND b.registered_model_id = m.registered_model_id
            ) THEN 'bundle'
            WHEN \(isPrompt) THEN 'prompt'
            ELSE 'model'
        END AS kind
        """

    /// An empty text is any.
    static let models = Statement(
        "catalogue_models",
        """
        SELECT * FROM (
            SELECT \(columns) FROM hawser.registered_models AS m
            WHERE m.tenant_id = $1::bigint AND m.name > $2::text
                AND starts_with(m.name, $3::text)
                AND (
                    $5::text = '' OR EXISTS (
                        SELECT FROM hawser.model_aliases AS a
                        WHERE a.tenant_id = m.tenant_id
                            AND a.registered_model_id = m.registered_model_id
                            AND a.alias = $5::text
                    )
                )
            ORDER BY m.name
        ) AS model
        WHERE $4::text = '' OR kind = $4::text
        ORDER BY name
        LIMIT $6::bigint
        """
    )

    static let model = Statement(
        "catalogue_model",
        """
        SELECT \(columns) FROM hawser.registered_models AS m
        WHERE m.tenant_id = $1::bigint AND m.name = $2::text
        """
    )

    /// Of any stage where none is given.
    static let versions = Statement(
        "catalogue_versions",
        """
        SELECT \(ModelVersionQueries.columns)
        FROM hawser.registered_models AS m
        JOIN hawser.model_versions AS v
            ON v.tenant_id = m.tenant_id AND v.registered_model_id = m.registered_model_id
        WHERE m.tenant_id = $1::bigint AND m.registered_model_id = $2::bigint
            AND v.version < $3::bigint AND ($4::integer IS NULL OR v.stage = $4::integer)
        ORDER BY v.version DESC
        LIMIT $5::bigint
        """
    )

    static let all = [models, model, versions]
}

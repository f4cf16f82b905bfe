import CorePostgres

enum LabelPolicyQueries {
    static let find = Statement(
        "label_policy",
        """
        SELECT allowed IS NULL AS allows_any, coalesce(allowed, '{}') AS allowed, required,
            label_limit, value_limit, version
        FROM hawser.label_policies
        WHERE tenant_id = $1::bigint
        """
    )

    static let put = Statement(
        "put_label_policy",
        """
        INSERT INTO hawser.label_policies AS p
            (tenant_id, allowed, required, label_limit, value_limit, changed_at)
        VALUES (
            $1::bigint, $2::text[], $3::text[], $4::integer, $5::integer, $6::timestamptz
        )
        ON CONFLICT (tenant_id)
        DO UPDATE SET
            allowed = excluded.allowed,
            required = excluded.required,
            label_limit = excluded.label_limit,
            value_limit = excluded.value_limit,
            changed_at = excluded.changed_at,
            version = p.version + 1
        """
    )

    static let all = [find, put]
}

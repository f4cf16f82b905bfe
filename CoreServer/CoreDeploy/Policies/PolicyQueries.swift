import CorePostgres

enum PolicyQueries {
    private static let freezeColumns = """
        freeze_id, name, selector::text AS selector, from_at, to_at, reason, created_at, version
        """
    private static let policyColumns = """
        name, kind, priority, selector::text AS selector, is_dry_run, amount, currency, updated_at,
        version
        """

    static let freezes = Statement(
        "freezes",
        """
        SELECT \(freezeColumns) FROM hawser.freezes
        WHERE tenant_id = $1::bigint AND freeze_id > $2::bigint
        ORDER BY freeze_id
        LIMIT $3::bigint
        """
    )

    static let freeze = Statement(
        "freeze_by_number",
        """
        SELECT \(freezeColumns) FROM hawser.freezes
        WHERE tenant_id = $1::bigint AND freeze_id = $2::bigint
        """
    )

    static let freezesAt = Statement(
        "freezes_at",
        """
        SELECT \(freezeColumns) FROM hawser.freezes
        WHERE tenant_id = $1::bigint AND from_at <= $2::timestamptz AND to_at > $2::timestamptz
        """
    )

    static let insertFreeze = Statement(
        "insert_freeze",
        """
        INSERT INTO hawser.freezes
            (tenant_id, freeze_id, name, selector, from_at, to_at, reason, created_at)
        VALUES (
            $1::bigint, nextval('hawser.freeze_numbers'), $2::text, $3::jsonb, $4::timestamptz,
            $5::timestamptz, $6::text, $7::timestamptz
        )
        RETURNING \(freezeColumns)
        """
    )

    static let deleteFreeze = Statement(
        "delete_freeze",
        "DELETE FROM hawser.freezes WHERE tenant_id = $1::bigint AND freeze_id = $2::bigint"
    )

    static let policies = Statement(
        "deploy_policies",
        """
        SELECT \(policyColumns) FROM hawser.deploy_policies
        WHERE tenant_id = $1::bigint AND name > $2::text
        ORDER BY name
        LIMIT $3::bigint
        """
    )

    static let policy = Statement(
        "deploy_policy_by_name",
        """
        SELECT \(policyColumns) FROM hawser.deploy_policies
        WHERE tenant_id = $1::bigint AND name = $2::text
        """
    )

    static let putPolicy = Statement(
        "put_deploy_policy",
        """
        INSERT INTO hawser.deploy_policies
            (tenant_id, name, kind, priority, selector, is_dry_run, amount, currency, updated_at)
        VALUES (
            $1::bigint, $2::text, $3::text, $4::integer, $5::jsonb, $6::boolean, $7::bigint,
            $8::text, $9::timestamptz
        )
        ON CONFLICT (tenant_id, name) DO UPDATE
        SET kind = EXCLUDED.kind, priority = EXCLUDED.priority, selector = EXCLUDED.selector,
            is_dry_run = EXCLUDED.is_dry_run, amount = EXCLUDED.amount,
            currency = EXCLUDED.currency, updated_at = EXCLUDED.updated_at,
            version = deploy_policies.version + 1
        RETURNING \(policyColumns)
        """
    )

    static let deletePolicy = Statement(
        "delete_deploy_policy",
        "DELETE FROM hawser.deploy_policies WHERE tenant_id = $1::bigint AND name = $2::text"
    )

    static let all = [
        freezes, freeze, freezesAt, insertFreeze, deleteFreeze, policies, policy, putPolicy,
        deletePolicy,
    ]
}

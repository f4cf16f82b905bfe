/// The questions of the tenancy check. Each row of an answer is a finding.
enum TenancyQueries {
    static let all = [
        powers, memberships, ownership, rowSecurity, primaryKeys, missingPolicies, openPolicies,
        partitions, otherRelations, sessionSetting,
    ]

    private static let powers = Statement(
        "tenancy_powers",
        """
        SELECT format('role %s %s', rolname, power) AS finding
        FROM pg_catalog.pg_roles
        CROSS JOIN LATERAL (
            VALUES (rolsuper, 'is a superuser'), (rolbypassrls, 'has BYPASSRLS')
        ) AS powers (has, power)
        WHERE rolname = current_user AND has
        """
    )

    private static let memberships = Statement(
        "tenancy_memberships",
        """
        SELECT format('role %s is a member of %s, which %s', current_user, rolname, power)
            AS finding
        FROM pg_catalog.pg_roles AS role
        CROSS JOIN LATERAL (
            VALUES
                (rolsuper, 'is a superuser'),
                (rolbypassrls, 'has BYPASSRLS'),
                (
                    EXISTS (
                        SELECT FROM pg_catalog.pg_class
                        WHERE relowner = role.oid AND relpersistence <> 't'
                    ),
                    'owns relations'
                ),
                (
                    EXISTS (
                        SELECT FROM pg_catalog.pg_class
                        CROSS JOIN LATERAL aclexplode(relacl)
                        WHERE relnamespace = to_regnamespace('hawser') AND grantee = role.oid
                            AND grantee <> relowner
                    ),
                    'has rights of its own'
                )
        ) AS powers (has, power)
        WHERE rolname <> current_user
            AND has
            -- A superuser counts as a member of everything; that it is one, is finding enough.
            AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
            AND pg_catalog.pg_has_role(current_user, role.oid, 'MEMBER')
        """
    )

    /// Temporary tables hold nothing but a session's own rows.
    private static let ownership = Statement(
        "tenancy_ownership",
        """
        SELECT format('role %s owns %s', current_user, class.oid::regclass) AS finding
        FROM pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
        JOIN pg_catalog.pg_roles AS owner ON owner.oid = class.relowner
        WHERE owner.rolname = current_user
            AND class.relpersistence <> 't'
            AND class.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        """
    )

    /// Tables of schema `hawser` with a `tenant_id`, partitions included.
    private static let tenantTables = """
        tenant_tables AS (
            SELECT class.oid, class.oid::regclass::text AS name, class.relrowsecurity,
                class.relforcerowsecurity, class.relispartition, attribute.attnum
            FROM pg_catalog.pg_class AS class
            JOIN pg_catalog.pg_attribute AS attribute
                ON attribute.attrelid = class.oid AND attribute.attname = 'tenant_id'
                AND NOT attribute.attisdropped
            WHERE class.relnamespace = to_regnamespace('hawser')
                AND class.relkind IN ('r', 'p')
        )
        """

    private static let rowSecurity = Statement(
        "tenancy_row_security",
        """
        WITH \(tenantTables)
        SELECT format('table %s has row security not %s', name, what) AS finding
        FROM tenant_tables
        CROSS JOIN LATERAL (
            VALUES (relrowsecurity, 'enabled'), (relforcerowsecurity, 'forced')
        ) AS wanted (has, what)
        WHERE NOT has
        """
    )

    private static let primaryKeys = Statement(
        "tenancy_primary_keys",
        """
        WITH \(tenantTables)
        SELECT format('table %s has no primary key that starts with tenant_id', name) AS finding
        FROM tenant_tables AS relation
        WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_constraint
            WHERE conrelid = relation.oid AND contype = 'p' AND conkey[1] = relation.attnum
        )
        """
    )

    /// A partition without one refuses everybody, which is safe: the parent's policies are what
    /// counts for queries through it.
    private static let missingPolicies = Statement(
        "tenancy_missing_policies",
        """
        WITH \(tenantTables)
        SELECT format('table %s has no policy', name) AS finding
        FROM tenant_tables AS relation
        WHERE NOT relispartition
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = relation.oid)
        """
    )

    /// A permissive policy for this role widens what all others allow, so only the one condition
    /// will do, through the function or spelled out; `tenant_id IS NOT NULL` mentions the tenant too.
    private static let openPolicies = Statement(
        "tenancy_open_policies",
        #"""
        WITH \#(tenantTables)
        SELECT format('policy %s on table %s does not ask for just the tenant', polname, name)
            AS finding
        FROM tenant_tables AS relation
        JOIN pg_catalog.pg_policy ON polrelid = relation.oid
        CROSS JOIN LATERAL (
            VALUES (pg_get_expr(polqual, polrelid)), (pg_get_expr(polwithcheck, polrelid))
        ) AS conditions (condition)
        WHERE polpermissive
            AND condition IS NOT NULL
            AND condition !~ '^\(tenant_id = (hawser\.)?current_tenant\(\)\)$'
            -- The dots stand for quotes.
            AND condition !~ ('^\(tenant_id = \(NULLIF\(current_setting\('
                || '.hawser\.tenant_id.::text, true\), ..::text\)\)::bigint\)$')
            AND EXISTS (
                SELECT FROM unnest(polroles) AS role
                WHERE role = 0 OR pg_catalog.pg_has_role(current_user, role, 'MEMBER')
            )
        """#
    )

    /// Read past its parent, a partition shows what its own policies say and no more.
    private static let partitions = Statement(
        "tenancy_partitions",
        """
        WITH \(tenantTables)
        SELECT format('role %s has privileges on partition %s itself', current_user, name)
            AS finding
        FROM tenant_tables
        WHERE relispartition
            AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
            AND (
                has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                OR has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE')
            )
        """
    )

    /// Row security does not reach materialized views and foreign tables at all, and views only
    /// with the rights of whoever owns them.
    private static let otherRelations = Statement(
        "tenancy_other_relations",
        """
        SELECT format('%s %s is not under row security', kind, class.oid::regclass) AS finding
        FROM pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_roles AS owner ON owner.oid = class.relowner
        CROSS JOIN LATERAL (
            VALUES
                (class.relkind = 'm', 'materialized view'),
                (class.relkind = 'f', 'foreign table'),
                (
                    class.relkind = 'v'
                    AND (owner.rolsuper OR owner.rolbypassrls)
                    AND NOT coalesce(class.reloptions @> '{security_invoker=true}', false),
                    'view'
                )
        ) AS kinds (matches, kind)
        WHERE class.relnamespace = to_regnamespace('hawser')
            AND matches
            AND has_table_privilege(class.oid, 'SELECT')
        """
    )

    private static let sessionSetting = Statement(
        "tenancy_session_setting",
        """
        SELECT 'hawser.tenant_id is set for the whole session' AS finding
        WHERE coalesce(current_setting('hawser.tenant_id', true), '') <> ''
        """
    )

    static let tablesWithoutTenant = Statement(
        "tenancy_tables_without_tenant",
        """
        SELECT format('table %s has no tenant_id', class.oid::regclass) AS finding
        FROM pg_catalog.pg_class AS class
        WHERE class.relnamespace = to_regnamespace('hawser')
            AND class.relkind IN ('r', 'p')
            AND class.relname <> ALL ($1)
            AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_attribute
                WHERE attrelid = class.oid AND attname = 'tenant_id' AND NOT attisdropped
            )
        """
    )
}

-- The schema, the server's role, and tenants.
--
-- Locks nothing that exists. The role that runs this must be able to create a schema, and the role
-- hawser_server where that is missing (CREATEROLE).
--
-- Row security, here and in every later table: enabled and forced, and a tenant's rows are visible
-- only in a transaction that has set hawser.tenant_id to that tenant. With none set there are none.

CREATE SCHEMA IF NOT EXISTS hawser;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'hawser_server') THEN
        CREATE ROLE hawser_server NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user, 'hawser_server', 'MEMBER') THEN
        EXECUTE pg_catalog.format('GRANT hawser_server TO %I', current_user);
    END IF;
END
$$;

GRANT USAGE ON SCHEMA hawser TO hawser_server;

-- The tenant of this transaction, or NULL: then row security shows nothing.
CREATE FUNCTION hawser.current_tenant() RETURNS bigint
    LANGUAGE sql
    STABLE
    PARALLEL SAFE
    AS $$ SELECT nullif(pg_catalog.current_setting('hawser.tenant_id', true), '')::bigint $$;

CREATE SEQUENCE hawser.tenant_numbers AS bigint;
GRANT USAGE ON SEQUENCE hawser.tenant_numbers TO hawser_server;

CREATE TABLE hawser.tenants (
    tenant_id bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenants_name_key UNIQUE (name),
    CONSTRAINT tenants_name_is_a_slug CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
);

-- Puts a table under the rule: called once for every tenant table, partitions included.
CREATE FUNCTION hawser.protect(relation regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format(
        'CREATE POLICY tenant_isolation ON %s TO hawser_server '
        'USING (tenant_id = hawser.current_tenant()) '
        'WITH CHECK (tenant_id = hawser.current_tenant())',
        relation
    );
END
$$;
REVOKE ALL ON FUNCTION hawser.protect(regclass) FROM PUBLIC;

SELECT hawser.protect('hawser.tenants');
GRANT SELECT, INSERT ON hawser.tenants TO hawser_server;

-- The owner may read the directory of tenants, for the two functions below and nothing else.
CREATE POLICY tenant_directory ON hawser.tenants FOR SELECT TO CURRENT_USER USING (true);

-- A tenant's number by its name: for commands and sign-in, which start from a name.
CREATE FUNCTION hawser.tenant_by_name(wanted text) RETURNS bigint
    LANGUAGE sql
    STABLE
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT tenant_id FROM hawser.tenants WHERE name = wanted $$;
REVOKE ALL ON FUNCTION hawser.tenant_by_name(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.tenant_by_name(text) TO hawser_server;

-- Every tenant's number, without its name: for work that goes tenant by tenant.
CREATE FUNCTION hawser.tenant_directory() RETURNS SETOF bigint
    LANGUAGE sql
    STABLE
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT tenant_id FROM hawser.tenants ORDER BY tenant_id $$;
REVOKE ALL ON FUNCTION hawser.tenant_directory() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.tenant_directory() TO hawser_server;

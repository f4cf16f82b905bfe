-- A key of its own for each tenant's secrets, and an end of tenants that leaves nothing. Locks tenants
-- and tenant_authorities for a moment, to add columns; adds a policy to every table of tenants, each of
-- which is locked for that moment.

CREATE TABLE hawser.tenant_keys (
    tenant_id bigint NOT NULL,
    -- From 1; what is sealed names it.
    key_number bigint NOT NULL,
    -- Under the server's key, which is in a file.
    sealed_key bytea NOT NULL,
    -- Which of the server's keys: the first bytes of its SHA-256.
    sealed_by bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- Nothing new is sealed under it from then on.
    retired_at timestamptz,
    CONSTRAINT tenant_keys_pkey PRIMARY KEY (tenant_id, key_number),
    CONSTRAINT tenant_keys_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);
SELECT hawser.protect('hawser.tenant_keys');
GRANT SELECT, INSERT, UPDATE ON hawser.tenant_keys TO hawser_server;

-- Null: sealed under the server's key itself, by a server before this step.
ALTER TABLE hawser.tenant_authorities ADD COLUMN key_number bigint;
GRANT UPDATE ON hawser.tenant_authorities TO hawser_server;

-- Set when a tenant is being deleted: from then on its rows, and only such rows, can be erased.
ALTER TABLE hawser.tenants ADD COLUMN ending_at timestamptz;

CREATE OR REPLACE FUNCTION hawser.tenant_directory() RETURNS SETOF bigint
    LANGUAGE sql
    STABLE
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT tenant_id FROM hawser.tenants
        WHERE tenant_id > 0 AND ending_at IS NULL
        ORDER BY tenant_id
    $$;

-- Whether a tenant is being deleted; asked by the owner, who may read the directory.
CREATE FUNCTION hawser.is_ending(wanted bigint) RETURNS boolean
    LANGUAGE sql
    STABLE
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT EXISTS (
            SELECT FROM hawser.tenants WHERE tenant_id = wanted AND ending_at IS NOT NULL
        )
    $$;

-- As before, and the owner may erase what is of a tenant that ends.
CREATE OR REPLACE FUNCTION hawser.protect(relation regclass) RETURNS void
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
    EXECUTE format(
        'CREATE POLICY tenant_end ON %s TO CURRENT_USER USING (hawser.is_ending(tenant_id))',
        relation
    );
END
$$;

DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT class.oid
        FROM pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_attribute AS attribute
            ON attrelid = class.oid AND attname = 'tenant_id' AND NOT attisdropped
        WHERE relnamespace = 'hawser'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            AND relname <> 'tenants'
    LOOP
        EXECUTE format(
            'CREATE POLICY tenant_end ON %s TO CURRENT_USER USING (hawser.is_ending(tenant_id))',
            relation
        );
    END LOOP;
END
$$;
CREATE POLICY tenant_end ON hawser.tenants FOR DELETE TO CURRENT_USER USING (ending_at IS NOT NULL);

-- The audit goes with its tenant, and in no other way.
CREATE OR REPLACE FUNCTION hawser.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND hawser.is_ending(OLD.tenant_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Erases some rows of a tenant that ends. Places are counted for each partition by itself, so more may
-- go than were asked for: they are the tenant's all the same.
CREATE FUNCTION hawser.erase_rows(relation text, wanted bigint, most integer) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    erased bigint;
BEGIN
    IF wanted = 0 OR NOT hawser.is_ending(wanted) THEN
        RAISE EXCEPTION 'tenant % is not being deleted', wanted
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format(
        'DELETE FROM hawser.%I WHERE tenant_id = $1 AND ctid = ANY (ARRAY('
        'SELECT ctid FROM hawser.%I WHERE tenant_id = $1 LIMIT $2))',
        relation, relation
    ) USING wanted, most;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END
$$;
REVOKE ALL ON FUNCTION hawser.erase_rows(text, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.erase_rows(text, bigint, integer) TO hawser_server;

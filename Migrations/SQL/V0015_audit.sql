-- What was changed, by whom and why: append-only, each entry bound to the one before by its hash.
-- Locks nothing that exists.

-- Where each tenant's chain ends: locked by whoever appends.
CREATE TABLE hawser.audit_heads (
    tenant_id bigint NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT audit_heads_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);

CREATE TABLE hawser.audit_entries (
    tenant_id bigint NOT NULL,
    -- From 1, without gaps.
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    -- user:12:anna, token:7:ci, command:core-server …
    actor text NOT NULL,
    -- A verb of a thing: ship.create.
    action text NOT NULL,
    target text NOT NULL,
    -- The thing as JSON, without secrets; empty where there was or is none.
    before text NOT NULL,
    after text NOT NULL,
    reason text NOT NULL,
    request_id text NOT NULL,
    -- Of the grants by which it was allowed.
    grants_revision bigint NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (tenant_id, sequence),
    CONSTRAINT audit_entries_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);

CREATE FUNCTION hawser.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entries_are_final BEFORE UPDATE OR DELETE ON hawser.audit_entries
    FOR EACH ROW EXECUTE FUNCTION hawser.refuse_change();
CREATE TRIGGER audit_entries_stay BEFORE TRUNCATE ON hawser.audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION hawser.refuse_change();

SELECT hawser.protect('hawser.audit_heads');
SELECT hawser.protect('hawser.audit_entries');
GRANT SELECT, INSERT, UPDATE ON hawser.audit_heads TO hawser_server;
GRANT SELECT, INSERT ON hawser.audit_entries TO hawser_server;

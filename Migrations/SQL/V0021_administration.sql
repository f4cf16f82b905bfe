-- What an administrator settles for a tenant's ships. Locks retention for a moment, to add a column.

ALTER TABLE hawser.retention ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- Which labels ships may have and must have; no row means any.
CREATE TABLE hawser.label_policies (
    tenant_id bigint NOT NULL,
    -- Null is any key.
    allowed text[],
    required text[] NOT NULL,
    label_limit integer NOT NULL,
    value_limit integer NOT NULL,
    changed_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT label_policies_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT label_policies_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);
SELECT hawser.protect('hawser.label_policies');
GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.label_policies TO hawser_server;

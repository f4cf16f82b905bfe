-- Seals over the audit, and the ships that hold them as witnesses. Locks nothing that exists.

CREATE TABLE hawser.audit_seals (
    tenant_id bigint NOT NULL,
    -- From 1, without gaps.
    seal_number bigint NOT NULL,
    first_sequence bigint NOT NULL,
    last_sequence bigint NOT NULL,
    signed_at timestamptz NOT NULL,
    -- Of the Merkle tree (RFC 6962) over the entries' hashes.
    root bytea NOT NULL,
    previous_hash bytea NOT NULL,
    -- The Ed25519 public key. The private one is in a file beside the server's other keys.
    key bytea NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT audit_seals_pkey PRIMARY KEY (tenant_id, seal_number),
    CONSTRAINT audit_seals_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);
CREATE INDEX audit_seals_last_index ON hawser.audit_seals (tenant_id, last_sequence);
CREATE TRIGGER audit_seals_are_final BEFORE UPDATE OR DELETE ON hawser.audit_seals
    FOR EACH ROW EXECUTE FUNCTION hawser.refuse_change();
CREATE TRIGGER audit_seals_stay BEFORE TRUNCATE ON hawser.audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION hawser.refuse_change();

-- The newest seal that each ship has reported back.
CREATE TABLE hawser.audit_witnesses (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    seal_number bigint NOT NULL,
    last_sequence bigint NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL,
    witnessed_at timestamptz NOT NULL,
    CONSTRAINT audit_witnesses_pkey PRIMARY KEY (tenant_id, ship_id),
    CONSTRAINT audit_witnesses_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

SELECT hawser.protect('hawser.audit_seals');
SELECT hawser.protect('hawser.audit_witnesses');
GRANT SELECT, INSERT ON hawser.audit_seals TO hawser_server;
GRANT SELECT, INSERT, UPDATE ON hawser.audit_witnesses TO hawser_server;

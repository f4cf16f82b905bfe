-- API tokens: who may ask, and as what. Locks nothing that exists.

CREATE SEQUENCE hawser.token_numbers AS bigint;
GRANT USAGE ON SEQUENCE hawser.token_numbers TO hawser_server;

CREATE TABLE hawser.api_tokens (
    tenant_id bigint NOT NULL,
    token_id bigint NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    -- SHA-256; the token itself is shown once and never stored.
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (tenant_id, token_id),
    CONSTRAINT api_tokens_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT api_tokens_role_is_known CHECK (role IN ('viewer', 'operator', 'admin')),
    CONSTRAINT api_tokens_hash_is_sha256 CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT api_tokens_name_length CHECK (length(name) BETWEEN 1 AND 100)
);

SELECT hawser.protect('hawser.api_tokens');
GRANT SELECT, INSERT, UPDATE ON hawser.api_tokens TO hawser_server;

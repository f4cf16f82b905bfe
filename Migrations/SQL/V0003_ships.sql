-- Ships, how they are enrolled, and how they were heard. Locks nothing that exists.

CREATE SEQUENCE hawser.ship_numbers AS bigint;
GRANT USAGE ON SEQUENCE hawser.ship_numbers TO hawser_server;

CREATE TABLE hawser.ships (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT ships_pkey PRIMARY KEY (tenant_id, ship_id),
    CONSTRAINT ships_name_key UNIQUE (tenant_id, name),
    CONSTRAINT ships_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT ships_name_is_a_slug CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
);

-- One-time tokens: used_at is set in the transaction that issues the certificate.
CREATE TABLE hawser.enrolment_tokens (
    tenant_id bigint NOT NULL,
    token_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT enrolment_tokens_pkey PRIMARY KEY (tenant_id, token_id),
    CONSTRAINT enrolment_tokens_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT enrolment_tokens_hash_is_sha256 CHECK (octet_length(secret_hash) = 32)
);

-- The key that issues a tenant's ships' certificates, sealed under the server's own key file.
CREATE TABLE hawser.tenant_authorities (
    tenant_id bigint NOT NULL,
    certificate bytea NOT NULL,
    sealed_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT tenant_authorities_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_authorities_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);

-- Every certificate that was issued: one that is not here is not valid, whoever signed it.
CREATE TABLE hawser.ship_certificates (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    fingerprint bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT ship_certificates_pkey PRIMARY KEY (tenant_id, ship_id, fingerprint),
    CONSTRAINT ship_certificates_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

-- What the shore last heard from a ship; one row a ship, rewritten at each contact.
CREATE TABLE hawser.ship_contacts (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    last_contact_at timestamptz NOT NULL,
    agent_version text NOT NULL,
    -- Positive when the ship's clock is ahead of the shore's, in milliseconds.
    clock_offset_ms bigint NOT NULL,
    CONSTRAINT ship_contacts_pkey PRIMARY KEY (tenant_id, ship_id),
    CONSTRAINT ship_contacts_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
)
WITH (fillfactor = 50);

-- The link in intervals of five minutes: connected time and bytes as TLS carried them.
CREATE TABLE hawser.link_usage (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    interval_at timestamptz NOT NULL,
    connected_ms bigint NOT NULL,
    bytes_up bigint NOT NULL,
    bytes_down bigint NOT NULL,
    sessions integer NOT NULL,
    CONSTRAINT link_usage_pkey PRIMARY KEY (tenant_id, ship_id, interval_at),
    CONSTRAINT link_usage_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

SELECT hawser.protect('hawser.ships');
SELECT hawser.protect('hawser.enrolment_tokens');
SELECT hawser.protect('hawser.tenant_authorities');
SELECT hawser.protect('hawser.ship_certificates');
SELECT hawser.protect('hawser.ship_contacts');
SELECT hawser.protect('hawser.link_usage');
GRANT SELECT, INSERT, UPDATE ON
    hawser.ships,
    hawser.enrolment_tokens,
    hawser.ship_certificates,
    hawser.ship_contacts,
    hawser.link_usage
    TO hawser_server;
GRANT SELECT, INSERT ON hawser.tenant_authorities TO hawser_server;

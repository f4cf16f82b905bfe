-- Who may do what: people and service accounts, their roles over a tenant, a fleet or a ship, and
-- fleets themselves. Locks api_tokens, ships and tenants for a moment, to add columns; rows of
-- api_tokens are rewritten once, so that every token belongs to somebody.

-- The installation's own operators live in tenant 0, and see no company's data by that.
ALTER TABLE hawser.tenants NO FORCE ROW LEVEL SECURITY;
INSERT INTO hawser.tenants (tenant_id, name, created_at)
VALUES (0, 'system', '2026-01-01T00:00:00Z')
ON CONFLICT DO NOTHING;
ALTER TABLE hawser.tenants FORCE ROW LEVEL SECURITY;

-- Moves with every change of what somebody may do; audit entries and decisions name it.
ALTER TABLE hawser.tenants
    ADD COLUMN grants_revision bigint NOT NULL DEFAULT 0,
    ADD COLUMN display_name text,
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz;
GRANT UPDATE ON hawser.tenants TO hawser_server;

CREATE OR REPLACE FUNCTION hawser.tenant_directory() RETURNS SETOF bigint
    LANGUAGE sql
    STABLE
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT tenant_id FROM hawser.tenants WHERE tenant_id > 0 ORDER BY tenant_id $$;

CREATE SEQUENCE hawser.user_numbers AS bigint;
CREATE SEQUENCE hawser.binding_numbers AS bigint;
CREATE SEQUENCE hawser.fleet_numbers AS bigint;
CREATE SEQUENCE hawser.session_numbers AS bigint;
GRANT USAGE ON SEQUENCE hawser.user_numbers, hawser.binding_numbers, hawser.fleet_numbers,
    hawser.session_numbers TO hawser_server;

CREATE TABLE hawser.users (
    tenant_id bigint NOT NULL,
    user_id bigint NOT NULL,
    -- person or service: a service account has tokens and no password.
    kind text NOT NULL,
    name text NOT NULL,
    display_name text NOT NULL,
    email text,
    -- The scrypt parameters, salt and digest as one text; null where none is set.
    password_hash text,
    -- Of a person who signs in elsewhere.
    oidc_issuer text,
    oidc_subject text,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT users_pkey PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT users_name_key UNIQUE (tenant_id, name),
    CONSTRAINT users_oidc_key UNIQUE (tenant_id, oidc_issuer, oidc_subject),
    CONSTRAINT users_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT users_kind_is_known CHECK (kind IN ('person', 'service')),
    CONSTRAINT users_name_length CHECK (length(name) BETWEEN 1 AND 100)
);

-- Ships by their labels: {"class": ["tanker"], "region": ["north", "baltic"]} are those that have one
-- of the values for each key.
CREATE TABLE hawser.fleets (
    tenant_id bigint NOT NULL,
    fleet_id bigint NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    selector jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT fleets_pkey PRIMARY KEY (tenant_id, fleet_id),
    CONSTRAINT fleets_name_key UNIQUE (tenant_id, name),
    CONSTRAINT fleets_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT fleets_name_is_a_slug CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
);

ALTER TABLE hawser.ships
    ADD COLUMN labels jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN class text NOT NULL DEFAULT '',
    ADD COLUMN owner text NOT NULL DEFAULT '',
    -- [{"name": "vsat", "rate_bits": 512000, "price_micros_per_mb": 4000000, "currency": "USD"}]
    ADD COLUMN bearers jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN updated_at timestamptz,
    ADD COLUMN version bigint NOT NULL DEFAULT 1;

CREATE TABLE hawser.role_bindings (
    tenant_id bigint NOT NULL,
    binding_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role text NOT NULL,
    -- Neither is the whole tenant.
    fleet_id bigint,
    ship_id bigint,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    granted_by text NOT NULL,
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT role_bindings_pkey PRIMARY KEY (tenant_id, binding_id),
    CONSTRAINT role_bindings_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES hawser.users (tenant_id, user_id),
    CONSTRAINT role_bindings_fleet_fkey
        FOREIGN KEY (tenant_id, fleet_id) REFERENCES hawser.fleets (tenant_id, fleet_id),
    CONSTRAINT role_bindings_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT role_bindings_role_is_known
        CHECK (role IN ('viewer', 'operator', 'admin', 'system')),
    -- The installation's role is only given to its own operators, and over no company.
    CONSTRAINT role_bindings_system_is_apart CHECK ((role = 'system') = (tenant_id = 0)),
    CONSTRAINT role_bindings_scope_is_one CHECK (fleet_id IS NULL OR ship_id IS NULL)
);
CREATE INDEX role_bindings_user_index ON hawser.role_bindings (tenant_id, user_id);

-- Tokens of before become service accounts of the token's name, bound to its role.
ALTER TABLE hawser.api_tokens
    ADD COLUMN user_id bigint,
    -- Null is all that the owner may do.
    ADD COLUMN scopes text[],
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    ALTER COLUMN role DROP NOT NULL;
ALTER TABLE hawser.api_tokens NO FORCE ROW LEVEL SECURITY;
ALTER TABLE hawser.users NO FORCE ROW LEVEL SECURITY;
ALTER TABLE hawser.role_bindings NO FORCE ROW LEVEL SECURITY;
UPDATE hawser.api_tokens SET user_id = nextval('hawser.user_numbers') WHERE user_id IS NULL;
INSERT INTO hawser.users (tenant_id, user_id, kind, name, display_name, created_at, updated_at)
SELECT tenant_id, user_id, 'service', 'token-' || token_id, name, created_at, created_at
FROM hawser.api_tokens;
INSERT INTO hawser.role_bindings
    (tenant_id, binding_id, user_id, role, valid_from, granted_by, created_at)
SELECT tenant_id, nextval('hawser.binding_numbers'), user_id, role, created_at, 'migration', created_at
FROM hawser.api_tokens;
ALTER TABLE hawser.api_tokens FORCE ROW LEVEL SECURITY;
ALTER TABLE hawser.api_tokens ALTER COLUMN user_id SET NOT NULL;
ALTER TABLE hawser.api_tokens ADD CONSTRAINT api_tokens_user_fkey
    FOREIGN KEY (tenant_id, user_id) REFERENCES hawser.users (tenant_id, user_id);
ALTER TABLE hawser.api_tokens DROP COLUMN role;
CREATE INDEX api_tokens_user_index ON hawser.api_tokens (tenant_id, user_id);

-- Console sign-ins. The cookie's secret is stored as its SHA-256.
CREATE TABLE hawser.sessions (
    tenant_id bigint NOT NULL,
    session_id bigint NOT NULL,
    user_id bigint NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (tenant_id, session_id),
    CONSTRAINT sessions_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES hawser.users (tenant_id, user_id),
    CONSTRAINT sessions_hash_is_sha256 CHECK (octet_length(secret_hash) = 32)
);
CREATE INDEX sessions_user_index ON hawser.sessions (tenant_id, user_id);

-- Answers to changes that carried an Idempotency-Key, so that trying again changes nothing twice.
CREATE TABLE hawser.idempotent_requests (
    tenant_id bigint NOT NULL,
    user_id bigint NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    -- Null while the first is under way.
    status integer,
    headers jsonb,
    body text,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotent_requests_pkey PRIMARY KEY (tenant_id, user_id, key)
);
CREATE INDEX idempotent_requests_created_index
    ON hawser.idempotent_requests (tenant_id, created_at);

SELECT hawser.protect('hawser.users');
SELECT hawser.protect('hawser.fleets');
SELECT hawser.protect('hawser.role_bindings');
SELECT hawser.protect('hawser.sessions');
SELECT hawser.protect('hawser.idempotent_requests');
GRANT SELECT, INSERT, UPDATE, DELETE ON
    hawser.users,
    hawser.fleets,
    hawser.role_bindings,
    hawser.sessions,
    hawser.idempotent_requests
    TO hawser_server;
GRANT DELETE ON hawser.api_tokens TO hawser_server;

-- Webhooks: who is told of what happens to models, and what waits to be told. Locks nothing that exists.

CREATE TABLE hawser.webhooks (
    tenant_id bigint NOT NULL,
    -- 32 hexadecimal digits.
    webhook_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    url text NOT NULL,
    -- WebhookEvent's words.
    events text[] NOT NULL,
    is_active boolean NOT NULL,
    -- Under the tenant's key of this number; null where nothing is signed.
    sealed_secret bytea,
    key_number bigint,
    -- Attempts in a row that failed, and until when it is left alone for them.
    failures integer NOT NULL DEFAULT 0,
    paused_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT webhooks_pkey PRIMARY KEY (tenant_id, webhook_id),
    CONSTRAINT webhooks_name_key UNIQUE (tenant_id, name),
    CONSTRAINT webhooks_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT webhooks_secret_has_a_key CHECK ((sealed_secret IS NULL) = (key_number IS NULL))
);

CREATE SEQUENCE hawser.webhook_delivery_numbers AS bigint;
GRANT USAGE ON SEQUENCE hawser.webhook_delivery_numbers TO hawser_server, hawser_api;

-- Written in the transaction of what they tell of; tried until they are delivered or dead.
CREATE TABLE hawser.webhook_deliveries (
    tenant_id bigint NOT NULL,
    delivery_number bigint NOT NULL,
    webhook_id text NOT NULL,
    -- What the receiver knows it by, the same at each attempt.
    delivery_id uuid NOT NULL DEFAULT gen_random_uuid(),
    event text NOT NULL,
    body text NOT NULL,
    -- waiting, delivered or dead.
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- When it is tried next. Whoever tries moves it on first, as a lease.
    due_at timestamptz NOT NULL,
    last_status integer,
    last_error text,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, delivery_number),
    CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (tenant_id, webhook_id)
        REFERENCES hawser.webhooks (tenant_id, webhook_id) ON DELETE CASCADE,
    CONSTRAINT webhook_deliveries_state_is_known CHECK (
        state IN ('waiting', 'delivered', 'dead')
    )
);
CREATE INDEX webhook_deliveries_webhook_index
    ON hawser.webhook_deliveries (tenant_id, webhook_id, delivery_number DESC);
CREATE INDEX webhook_deliveries_waiting_index
    ON hawser.webhook_deliveries (tenant_id, webhook_id, delivery_number) WHERE state = 'waiting';

SELECT hawser.protect('hawser.webhooks');
SELECT hawser.protect('hawser.webhook_deliveries');

-- The owner may look for what is due, for the function below and nothing else.
CREATE POLICY webhook_directory ON hawser.webhooks FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY webhook_directory ON hawser.webhook_deliveries FOR SELECT TO CURRENT_USER
    USING (true);

-- Webhooks of any tenant for which something is due, without what it is.
CREATE FUNCTION hawser.due_webhooks(present timestamptz, most integer)
    RETURNS TABLE (tenant_id bigint, webhook_id text)
    LANGUAGE sql
    STABLE
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT w.tenant_id, w.webhook_id FROM hawser.webhooks AS w
        WHERE w.is_active AND w.paused_until <= present AND EXISTS (
            SELECT FROM hawser.webhook_deliveries AS d
            WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.webhook_id
                AND d.state = 'waiting' AND d.due_at <= present
        )
        ORDER BY w.paused_until
        LIMIT most
    $$;
REVOKE ALL ON FUNCTION hawser.due_webhooks(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.due_webhooks(timestamptz, integer)
    TO hawser_server, hawser_scheduler;

GRANT SELECT, INSERT, DELETE ON hawser.webhooks TO hawser_server, hawser_api;
GRANT UPDATE (
    name, description, url, events, is_active, sealed_secret, key_number, failures, paused_until,
    updated_at, version
) ON hawser.webhooks TO hawser_server, hawser_api;
GRANT SELECT, INSERT ON hawser.webhook_deliveries TO hawser_server, hawser_api;
GRANT UPDATE (state, attempts, due_at, decided_at, created_at)
    ON hawser.webhook_deliveries TO hawser_server, hawser_api;

GRANT SELECT ON hawser.webhooks, hawser.webhook_deliveries TO hawser_scheduler;
GRANT UPDATE (failures, paused_until, sealed_secret, key_number) ON hawser.webhooks TO hawser_scheduler;
GRANT UPDATE (state, attempts, due_at, last_status, last_error, decided_at)
    ON hawser.webhook_deliveries TO hawser_scheduler;
GRANT UPDATE (last_status, last_error) ON hawser.webhook_deliveries TO hawser_server;
GRANT DELETE ON hawser.webhook_deliveries TO hawser_server, hawser_scheduler;

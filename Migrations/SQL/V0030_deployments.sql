-- Deployments: what is to run aboard which ships, in which waves, and how far each has come.
-- Locks nothing that exists but ships, for the moment in which foreign keys are made.

CREATE SEQUENCE hawser.deployment_numbers AS bigint;
CREATE SEQUENCE hawser.freeze_numbers AS bigint;

CREATE TABLE hawser.deployments (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    name text NOT NULL,
    -- Moves with every change of what is asked for: the plan is made anew, approvals are void.
    revision bigint NOT NULL,
    slot text NOT NULL,
    model text NOT NULL,
    registered_model_id bigint NOT NULL,
    model_version bigint NOT NULL,
    -- Of the version's files.
    tree_digest bytea NOT NULL,
    size_bytes bigint NOT NULL,
    -- What was asked for: selector, waves, rules, as the API has it.
    request jsonb NOT NULL,
    -- What it comes to, by wave: ships, bytes, cost, days.
    plan jsonb NOT NULL,
    -- SHA-256 of the plan's canonical text: what approvals are of.
    plan_digest bytea NOT NULL,
    approvals_needed integer NOT NULL,
    deadline_at timestamptz,
    state text NOT NULL,
    reason text NOT NULL,
    created_by bigint NOT NULL,
    created_by_name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT deployments_pkey PRIMARY KEY (tenant_id, deployment_id),
    CONSTRAINT deployments_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT deployments_name_key UNIQUE (tenant_id, name),
    CONSTRAINT deployments_name_is_a_slug CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    CONSTRAINT deployments_slot_is_a_slot CHECK (slot ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    CONSTRAINT deployments_digests_are_sha256
        CHECK (octet_length(tree_digest) = 32 AND octet_length(plan_digest) = 32),
    CONSTRAINT deployments_state_is_known CHECK (state IN (
        'creating', 'waiting_for_approval', 'approval_denied', 'ready', 'preparing', 'running',
        'paused', 'stopping', 'stopped', 'finished'
    ))
)
WITH (fillfactor = 50);
CREATE INDEX deployments_active_index ON hawser.deployments (tenant_id, deployment_id)
    WHERE state IN ('preparing', 'running', 'stopping');

CREATE TABLE hawser.deployment_waves (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    -- From 1, in the order in which they open.
    wave integer NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    ships integer NOT NULL,
    opened_at timestamptz,
    ended_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT deployment_waves_pkey PRIMARY KEY (tenant_id, deployment_id, wave),
    CONSTRAINT deployment_waves_deployment_fkey FOREIGN KEY (tenant_id, deployment_id)
        REFERENCES hawser.deployments (tenant_id, deployment_id),
    CONSTRAINT deployment_waves_state_is_known CHECK (state IN (
        'scheduled', 'preparing', 'running', 'held', 'finished', 'error'
    ))
)
WITH (fillfactor = 50);

-- A line of the plan, and how far its ship has come.
CREATE TABLE hawser.deployment_ships (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    wave integer NOT NULL,
    -- Frozen with the plan. What the slot runs, and what the delta is made from.
    replaces bytea,
    base bytea,
    method text NOT NULL,
    bytes bigint NOT NULL,
    -- With what cut connections make go twice.
    bytes_with_retries bigint NOT NULL,
    cost_micros bigint NOT NULL,
    currency text NOT NULL,
    -- Null where the link's history says nothing, or never.
    p50_seconds bigint,
    p90_seconds bigint,
    contact_seconds bigint,
    -- How far it has come.
    state text NOT NULL,
    reason text NOT NULL,
    -- The counter of the order to install.
    activation bigint,
    -- What the ship said it runs in the slot, when it last spoke of this.
    running bytea,
    -- Where in its events lane it said so, and when by its own clock (milliseconds since 1970).
    position bigint,
    reported_at bigint,
    released_at timestamptz,
    told_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT deployment_ships_pkey PRIMARY KEY (tenant_id, deployment_id, ship_id),
    CONSTRAINT deployment_ships_wave_fkey FOREIGN KEY (tenant_id, deployment_id, wave)
        REFERENCES hawser.deployment_waves (tenant_id, deployment_id, wave) ON DELETE CASCADE,
    CONSTRAINT deployment_ships_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT deployment_ships_method_is_known CHECK (method IN ('held', 'delta', 'full')),
    CONSTRAINT deployment_ships_state_is_known CHECK (state IN (
        'scheduled', 'preparing', 'offered', 'awaiting_reconnect', 'inconclusive', 'lost',
        'downloading', 'staged', 'armed', 'activating', 'soaking', 'succeeded', 'failed_no_change',
        'failed_rolled_back', 'failed_not_rolled_back', 'failed_unable', 'refused', 'canceled',
        'superseded'
    ))
)
WITH (fillfactor = 50);
CREATE INDEX deployment_ships_ship_index ON hawser.deployment_ships (tenant_id, ship_id);
CREATE INDEX deployment_ships_wave_index
    ON hawser.deployment_ships (tenant_id, deployment_id, wave, state);

-- Of a plan, by its digest.
CREATE TABLE hawser.deployment_approvals (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    plan_digest bytea NOT NULL,
    user_id bigint NOT NULL,
    user_name text NOT NULL,
    is_approval boolean NOT NULL,
    comment text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT deployment_approvals_pkey
        PRIMARY KEY (tenant_id, deployment_id, plan_digest, user_id),
    CONSTRAINT deployment_approvals_deployment_fkey FOREIGN KEY (tenant_id, deployment_id)
        REFERENCES hawser.deployments (tenant_id, deployment_id)
);

-- What happened, in order; wave and ship where it is about one. Nobody is granted to change a row.
CREATE TABLE hawser.deployment_events (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    event_id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    wave integer,
    ship_id bigint,
    kind text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT deployment_events_pkey PRIMARY KEY (tenant_id, deployment_id, event_id),
    CONSTRAINT deployment_events_deployment_fkey FOREIGN KEY (tenant_id, deployment_id)
        REFERENCES hawser.deployments (tenant_id, deployment_id)
);

-- What a gate made of the evidence, whenever that had changed.
CREATE TABLE hawser.gate_verdicts (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    wave integer NOT NULL,
    -- SHA-256 of what it was judged by: the same evidence is judged once.
    evidence_digest bytea NOT NULL,
    judged_at timestamptz NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    inputs jsonb NOT NULL,
    CONSTRAINT gate_verdicts_pkey PRIMARY KEY (tenant_id, deployment_id, wave, evidence_digest),
    CONSTRAINT gate_verdicts_wave_fkey FOREIGN KEY (tenant_id, deployment_id, wave)
        REFERENCES hawser.deployment_waves (tenant_id, deployment_id, wave) ON DELETE CASCADE
);

-- What ships said that they hold, at their last contact.
CREATE TABLE hawser.ship_holdings (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    slot text NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    bytes bigint NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT ship_holdings_pkey PRIMARY KEY (tenant_id, ship_id, slot, kind, digest),
    CONSTRAINT ship_holdings_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT ship_holdings_kind_is_known
        CHECK (kind IN ('current', 'previous', 'shadow', 'staged', 'partial'))
);
CREATE INDEX ship_holdings_digest_index ON hawser.ship_holdings (tenant_id, digest);

-- How far the counter of each ship's orders has come: what was issued, and what the ship remembers.
CREATE TABLE hawser.ship_counters (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    issued bigint NOT NULL,
    told bigint NOT NULL,
    told_at timestamptz NOT NULL,
    -- Of the holdings that are stored, as the ship's hello has it; when the ship last confirmed it.
    holdings_mark bytea,
    holdings_at timestamptz,
    CONSTRAINT ship_counters_pkey PRIMARY KEY (tenant_id, ship_id),
    CONSTRAINT ship_counters_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
)
WITH (fillfactor = 50);

-- Orders of the shore to a ship. Each gets its counter when it is released at a contact, and another
-- where it has to be released again.
CREATE TABLE hawser.ship_orders (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    order_id bigint GENERATED ALWAYS AS IDENTITY,
    -- 0 goes first: revocations.
    priority integer NOT NULL,
    kind text NOT NULL,
    -- Null for what is about no deployment: keys.
    deployment_id bigint,
    slot text,
    digest bytea,
    -- Of a revocation, the wire's number.
    severity integer,
    queued_at timestamptz NOT NULL,
    counter bigint,
    -- The first 64 bits of the SHA-256 of what was signed, by which the ship answers.
    directive_id bytea,
    signed bytea,
    released_at timestamptz,
    -- When the ship answered it, or was found to have taken it.
    answered_at timestamptz,
    -- Empty where it was taken.
    answer text,
    CONSTRAINT ship_orders_pkey PRIMARY KEY (tenant_id, ship_id, order_id),
    CONSTRAINT ship_orders_deployment_fkey FOREIGN KEY (tenant_id, deployment_id)
        REFERENCES hawser.deployments (tenant_id, deployment_id),
    CONSTRAINT ship_orders_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT ship_orders_kind_is_known
        CHECK (kind IN ('install', 'promote', 'revoke', 'roll_back', 'trust')),
    CONSTRAINT ship_orders_are_about_something
        CHECK (kind = 'trust' OR (deployment_id IS NOT NULL AND slot IS NOT NULL AND digest IS NOT NULL)),
    CONSTRAINT ship_orders_severity_check
        CHECK ((kind = 'revoke') = (severity IS NOT NULL) AND severity BETWEEN 1 AND 4)
);
CREATE INDEX ship_orders_open_index ON hawser.ship_orders (tenant_id, ship_id)
    WHERE answered_at IS NULL;
CREATE INDEX ship_orders_released_index ON hawser.ship_orders (tenant_id, released_at)
    WHERE kind = 'install';
CREATE INDEX ship_orders_deployment_index ON hawser.ship_orders (tenant_id, deployment_id);

-- Times in which nothing is released.
CREATE TABLE hawser.freezes (
    tenant_id bigint NOT NULL,
    freeze_id bigint NOT NULL,
    name text NOT NULL,
    -- Labels of the ships; null for all.
    selector jsonb,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT freezes_pkey PRIMARY KEY (tenant_id, freeze_id),
    CONSTRAINT freezes_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT freezes_name_key UNIQUE (tenant_id, name),
    CONSTRAINT freezes_range_check CHECK (from_at < to_at)
);

-- What deployments are held to. Of several of one kind that fit, the highest priority counts.
CREATE TABLE hawser.deploy_policies (
    tenant_id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    priority integer NOT NULL,
    -- Labels of the ships; null for all.
    selector jsonb,
    -- Only said, not done.
    is_dry_run boolean NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT deploy_policies_pkey PRIMARY KEY (tenant_id, name),
    CONSTRAINT deploy_policies_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT deploy_policies_kind_is_known
        CHECK (kind IN ('cost_ceiling', 'ship_bytes', 'approvals', 'daily_ships'))
);

-- Each ship's link by UTC day, for forecasts: of each class, and '' for all together.
CREATE TABLE hawser.link_days (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    day date NOT NULL,
    link_class text NOT NULL,
    connected_ms bigint NOT NULL,
    bytes bigint NOT NULL,
    sessions bigint NOT NULL,
    CONSTRAINT link_days_pkey PRIMARY KEY (tenant_id, ship_id, day, link_class),
    CONSTRAINT link_days_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY[
        'deployments', 'deployment_waves', 'deployment_ships', 'deployment_approvals',
        'deployment_events', 'gate_verdicts', 'ship_holdings', 'ship_counters', 'ship_orders',
        'freezes', 'deploy_policies', 'link_days'
    ]
    LOOP
        PERFORM hawser.protect(format('hawser.%I', relation)::regclass);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON
    hawser.deployments, hawser.deployment_waves, hawser.deployment_ships, hawser.ship_orders,
    hawser.ship_holdings, hawser.ship_counters, hawser.freezes, hawser.deploy_policies,
    hawser.gate_verdicts, hawser.link_days
    TO hawser_server;
GRANT SELECT, INSERT ON hawser.deployment_approvals, hawser.deployment_events TO hawser_server;
GRANT USAGE ON SEQUENCE hawser.deployment_numbers, hawser.freeze_numbers TO hawser_server, hawser_api;

-- People: they plan, decide and steer. How far ships have come they read, and change by words like retry.
GRANT SELECT ON
    hawser.deployments, hawser.deployment_waves, hawser.deployment_ships,
    hawser.deployment_approvals, hawser.deployment_events, hawser.gate_verdicts,
    hawser.ship_holdings, hawser.ship_counters, hawser.ship_orders, hawser.freezes,
    hawser.deploy_policies, hawser.link_days
    TO hawser_api;
GRANT INSERT ON
    hawser.deployments, hawser.deployment_waves, hawser.deployment_ships,
    hawser.deployment_approvals, hawser.deployment_events, hawser.ship_orders, hawser.freezes,
    hawser.deploy_policies
    TO hawser_api;
GRANT DELETE ON hawser.deployment_waves, hawser.freezes, hawser.deploy_policies TO hawser_api;
GRANT UPDATE (
    revision, slot, model, registered_model_id, model_version, tree_digest, size_bytes, request,
    plan, plan_digest, approvals_needed, deadline_at, state, reason, created_by, created_by_name,
    updated_at, started_at, ended_at, version
) ON hawser.deployments TO hawser_api;
GRANT UPDATE (state, reason, opened_at, ended_at, version) ON hawser.deployment_waves TO hawser_api;
GRANT UPDATE (
    state, reason, replaces, activation, position, reported_at, released_at, attempts, version
) ON hawser.deployment_ships TO hawser_api;
GRANT UPDATE (answered_at, answer) ON hawser.ship_orders TO hawser_api;
GRANT UPDATE (
    kind, priority, selector, is_dry_run, amount, currency, updated_at, version
) ON hawser.deploy_policies TO hawser_api;

-- Ships: they are given what may go, and tell what came of it.
GRANT SELECT ON
    hawser.deployments, hawser.deployment_waves, hawser.deployment_ships,
    hawser.deployment_approvals, hawser.ship_holdings, hawser.ship_counters, hawser.ship_orders,
    hawser.freezes, hawser.deploy_policies
    TO hawser_ingress;
GRANT INSERT ON
    hawser.deployment_events, hawser.ship_holdings, hawser.ship_counters, hawser.ship_orders
    TO hawser_ingress;
GRANT DELETE ON hawser.ship_holdings TO hawser_ingress;
GRANT UPDATE (
    state, reason, activation, running, position, reported_at, released_at, told_at, version
) ON hawser.deployment_ships TO hawser_ingress;
GRANT UPDATE (issued, told, told_at, holdings_mark, holdings_at) ON hawser.ship_counters
    TO hawser_ingress;
GRANT UPDATE (counter, directive_id, signed, released_at, answered_at, answer) ON hawser.ship_orders
    TO hawser_ingress;

-- Steps, gates and forecasts.
GRANT SELECT ON
    hawser.deployments, hawser.deployment_waves, hawser.deployment_ships, hawser.gate_verdicts,
    hawser.ship_contacts, hawser.ship_holdings, hawser.ship_counters, hawser.ship_orders,
    hawser.link_days
    TO hawser_scheduler;
GRANT INSERT ON hawser.deployment_events, hawser.gate_verdicts, hawser.link_days TO hawser_scheduler;
GRANT DELETE ON hawser.link_days TO hawser_scheduler;
GRANT UPDATE (state, reason, updated_at, started_at, ended_at, version) ON hawser.deployments
    TO hawser_scheduler;
GRANT UPDATE (state, reason, opened_at, ended_at, version) ON hawser.deployment_waves
    TO hawser_scheduler;
GRANT UPDATE (state, reason, version) ON hawser.deployment_ships TO hawser_scheduler;
GRANT UPDATE (judged_at, reason, inputs) ON hawser.gate_verdicts TO hawser_scheduler;
GRANT UPDATE (connected_ms, bytes, sessions) ON hawser.link_days TO hawser_scheduler;

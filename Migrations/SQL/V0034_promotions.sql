-- What candidates agreed in, versions that are revoked for a whole tenant, and more kinds of policies.
-- Locks deploy_policies and ship_orders, for the moment in which their conditions are changed.

-- What ships told of a candidate beside its champion: values of the same moments, by the ship's day.
CREATE TABLE hawser.shadow_agreements (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    slot text NOT NULL,
    -- The candidate's.
    digest bytea NOT NULL,
    -- Since 1970, by the ship's clock.
    day integer NOT NULL,
    agreeing bigint NOT NULL,
    disagreeing bigint NOT NULL,
    -- Of the absolute differences.
    difference_sum double precision NOT NULL,
    difference_most double precision NOT NULL,
    CONSTRAINT shadow_agreements_pkey PRIMARY KEY (tenant_id, ship_id, slot, digest, day),
    CONSTRAINT shadow_agreements_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT shadow_agreements_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT shadow_agreements_counts_check CHECK (agreeing >= 0 AND disagreeing >= 0)
);
CREATE INDEX shadow_agreements_digest_index ON hawser.shadow_agreements (tenant_id, slot, digest);

-- Versions that are to run nowhere any more, whichever deployment brought them. For good.
CREATE SEQUENCE hawser.revocation_numbers AS bigint;
CREATE TABLE hawser.revocations (
    tenant_id bigint NOT NULL,
    revocation_id bigint NOT NULL,
    model text NOT NULL,
    model_version bigint NOT NULL,
    tree_digest bytea NOT NULL,
    -- The wire's number; it only grows.
    severity integer NOT NULL,
    reason text NOT NULL,
    revoked_by text NOT NULL,
    revoked_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT revocations_pkey PRIMARY KEY (tenant_id, revocation_id),
    CONSTRAINT revocations_tree_key UNIQUE (tenant_id, tree_digest),
    CONSTRAINT revocations_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT revocations_severity_check CHECK (severity BETWEEN 1 AND 4)
);

-- A version may be revoked beside all deployments.
ALTER TABLE hawser.ship_orders DROP CONSTRAINT ship_orders_are_about_something;
ALTER TABLE hawser.ship_orders ADD CONSTRAINT ship_orders_are_about_something CHECK (
    kind = 'trust'
    OR (digest IS NOT NULL AND (kind = 'revoke' OR (deployment_id IS NOT NULL AND slot IS NOT NULL)))
) NOT VALID;
ALTER TABLE hawser.ship_orders VALIDATE CONSTRAINT ship_orders_are_about_something;

-- Of a share of ships: how many of a hundred.
ALTER TABLE hawser.deploy_policies ADD COLUMN percent integer;
ALTER TABLE hawser.deploy_policies DROP CONSTRAINT deploy_policies_kind_is_known;
ALTER TABLE hawser.deploy_policies ADD CONSTRAINT deploy_policies_kind_is_known CHECK (kind IN (
    'cost_ceiling', 'ship_bytes', 'approvals', 'daily_ships', 'hourly_ships', 'ships_in_flight',
    'daily_bytes', 'monthly_bytes', 'delivery_seconds', 'telemetry_age', 'fresh_share'
));
ALTER TABLE hawser.deploy_policies ADD CONSTRAINT deploy_policies_percent_check
    CHECK ((kind = 'fresh_share') = (percent IS NOT NULL) AND percent BETWEEN 1 AND 100);

-- What policies count.
CREATE INDEX deployment_ships_released_index ON hawser.deployment_ships (tenant_id, released_at)
    WHERE released_at IS NOT NULL;
CREATE INDEX deployment_ships_flight_index ON hawser.deployment_ships (tenant_id, ship_id)
    WHERE state IN ('offered', 'downloading', 'staged', 'armed', 'activating', 'soaking');

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['shadow_agreements', 'revocations']
    LOOP
        PERFORM hawser.protect(format('hawser.%I', relation)::regclass);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.shadow_agreements, hawser.revocations
    TO hawser_server;
GRANT USAGE ON SEQUENCE hawser.revocation_numbers TO hawser_server, hawser_api;

GRANT SELECT ON hawser.shadow_agreements, hawser.revocations TO hawser_api;
GRANT INSERT ON hawser.revocations TO hawser_api;
GRANT UPDATE (severity, reason, revoked_by, revoked_at, version) ON hawser.revocations
    TO hawser_api;
GRANT UPDATE (percent) ON hawser.deploy_policies TO hawser_api;

GRANT SELECT ON hawser.shadow_agreements, hawser.revocations TO hawser_ingress;
GRANT INSERT ON hawser.shadow_agreements TO hawser_ingress;
GRANT UPDATE (agreeing, disagreeing, difference_sum, difference_most) ON hawser.shadow_agreements
    TO hawser_ingress;

GRANT SELECT ON hawser.deploy_policies, hawser.lane_positions TO hawser_scheduler;

-- What a plan's bytes were reckoned from and go over, what of them was really spent, and which deployments
-- have to be looked at.
-- Locks deployments and their ships for a moment: no row is written anew.

ALTER TABLE hawser.deployments
    -- When it is looked at next, if nothing comes before.
    ADD COLUMN look_at timestamptz NOT NULL DEFAULT '-infinity';
GRANT UPDATE (look_at) ON hawser.deployments TO hawser_api, hawser_scheduler;

-- Waves of which something was told since they were last looked at. Rows of their own, so that ships that
-- tell at once do not wait for each other.
CREATE TABLE hawser.deployment_touches (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    touch_id bigint GENERATED ALWAYS AS IDENTITY,
    wave integer NOT NULL,
    CONSTRAINT deployment_touches_pkey PRIMARY KEY (tenant_id, deployment_id, touch_id),
    CONSTRAINT deployment_touches_deployment_fkey FOREIGN KEY (tenant_id, deployment_id)
        REFERENCES hawser.deployments (tenant_id, deployment_id)
);

SELECT hawser.protect('hawser.deployment_touches');

GRANT SELECT, INSERT, DELETE ON hawser.deployment_touches TO hawser_server;
GRANT SELECT ON hawser.deployment_touches TO hawser_api;
GRANT INSERT ON hawser.deployment_touches TO hawser_ingress;
GRANT SELECT, DELETE ON hawser.deployment_touches TO hawser_scheduler;

ALTER TABLE hawser.deployment_ships
    -- Nothing was built when it was planned: bytes is at most what it takes.
    ADD COLUMN is_estimate boolean NOT NULL DEFAULT true,
    -- Of a megabyte, over the bearers that it is expected to go over.
    ADD COLUMN price_micros bigint NOT NULL DEFAULT 0,
    -- [{"bearer", "bytes", "cost_micros", "currency"}]
    ADD COLUMN bearers jsonb NOT NULL DEFAULT '[]';

-- Bytes that really went to a ship, those that went twice among them.
CREATE TABLE hawser.deployment_spending (
    tenant_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    bytes bigint NOT NULL,
    -- That may go before the deployment's ceiling is looked at again.
    granted_bytes bigint NOT NULL,
    CONSTRAINT deployment_spending_pkey PRIMARY KEY (tenant_id, deployment_id, ship_id),
    CONSTRAINT deployment_spending_ship_fkey FOREIGN KEY (tenant_id, deployment_id, ship_id)
        REFERENCES hawser.deployment_ships (tenant_id, deployment_id, ship_id) ON DELETE CASCADE
)
WITH (fillfactor = 50);

SELECT hawser.protect('hawser.deployment_spending');

GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.deployment_spending TO hawser_server;
GRANT SELECT ON hawser.deployment_spending TO hawser_api;
-- The ships' door counts what it lets go.
GRANT SELECT, INSERT, UPDATE (bytes, granted_bytes) ON hawser.deployment_spending TO hawser_ingress;

-- A plan takes down what it is to bring, so that nothing that becomes of the version takes it away, and has
-- the deltas made while people still think about it.
GRANT INSERT ON hawser.artifact_trees, hawser.artifact_tree_files, hawser.deltas TO hawser_api;
GRANT UPDATE (needed_at) ON hawser.artifact_trees TO hawser_api;
GRANT UPDATE (state, reason, crashes, queued_at, digest, bytes) ON hawser.deltas TO hawser_api;

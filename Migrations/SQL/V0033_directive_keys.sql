-- Which keys for orders each ship obeys, so that the installation's key can be replaced. Locks ship_orders
-- for the moment in which a column is added.

ALTER TABLE hawser.ship_orders
    -- Of an order about keys: the identifier of the key that is not to be obeyed any more; null where the
    -- one that signs orders now is to be.
    ADD COLUMN distrusts bytea,
    ADD CONSTRAINT ship_orders_distrusts_check
        CHECK (distrusts IS NULL OR (kind = 'trust' AND octet_length(distrusts) = 8));

-- As far as a ship has said so, by what it took and refused. A ship without rows has been asked nothing since
-- there is a second key.
CREATE TABLE hawser.ship_directive_keys (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    -- The first 64 bits of the SHA-256 of the public key.
    key_id bytea NOT NULL,
    is_trusted boolean NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT ship_directive_keys_pkey PRIMARY KEY (tenant_id, ship_id, key_id),
    CONSTRAINT ship_directive_keys_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT ship_directive_keys_key_check CHECK (octet_length(key_id) = 8)
);

SELECT hawser.protect('hawser.ship_directive_keys');

GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.ship_directive_keys TO hawser_server;
GRANT SELECT ON hawser.ship_directive_keys TO hawser_api;
-- The ships' door writes down what ships say.
GRANT SELECT, INSERT, UPDATE (is_trusted, told_at) ON hawser.ship_directive_keys TO hawser_ingress;

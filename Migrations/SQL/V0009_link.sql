-- The link's troubles: what the shore itself has to say about a ship, how its clock went, and epochs
-- that ended. Locks ship_ledgers for a moment, to add a column; nothing is rewritten.

-- Events that the shore raises about a ship, beside those that the ship sends.
CREATE TABLE hawser.shore_events (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    raised_at timestamptz NOT NULL,
    kind text NOT NULL,
    severity integer NOT NULL,
    message text NOT NULL,
    CONSTRAINT shore_events_pkey PRIMARY KEY (tenant_id, ship_id, raised_at, kind),
    CONSTRAINT shore_events_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

-- How far a ship's clock was ahead of the shore's, in milliseconds, from noted_at on: a row for each
-- change of more than a second.
CREATE TABLE hawser.ship_clocks (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    noted_at timestamptz NOT NULL,
    offset_ms bigint NOT NULL,
    CONSTRAINT ship_clocks_pkey PRIMARY KEY (tenant_id, ship_id, noted_at),
    CONSTRAINT ship_clocks_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

-- The epoch has ended: its account does not change any more.
ALTER TABLE hawser.ship_ledgers ADD COLUMN closed_at timestamptz;

SELECT hawser.protect('hawser.shore_events');
SELECT hawser.protect('hawser.ship_clocks');
GRANT SELECT, INSERT ON hawser.shore_events, hawser.ship_clocks TO hawser_server;

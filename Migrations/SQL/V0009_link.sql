-- The link's troubles: what the shore itself has to say about a ship, how its clock went, epochs that
-- ended, and raw ranges that are wanted. Adds a column to ship_ledgers: its lock is held for a
-- moment, nothing is rewritten.

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

-- Raw samples that people ashore want from what a ship may still hold.
CREATE TABLE hawser.wants (
    tenant_id bigint NOT NULL,
    want_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    -- Milliseconds since 1970, half-open.
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    most_bytes bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    -- When it was last put on the wire, and what the ship said to it.
    sent_at timestamptz,
    answered_at timestamptz,
    state text NOT NULL,
    samples bigint NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT wants_pkey PRIMARY KEY (tenant_id, want_id),
    CONSTRAINT wants_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT wants_range_is_forwards CHECK (from_at < to_at),
    CONSTRAINT wants_state_is_known
        CHECK (state IN ('waiting', 'sent', 'answered', 'not_held', 'over_budget'))
);
CREATE INDEX wants_ship_index ON hawser.wants (tenant_id, ship_id, want_id);

SELECT hawser.protect('hawser.shore_events');
SELECT hawser.protect('hawser.ship_clocks');
SELECT hawser.protect('hawser.wants');
GRANT SELECT, INSERT ON hawser.shore_events, hawser.ship_clocks TO hawser_server;
GRANT SELECT, INSERT, UPDATE ON hawser.wants TO hawser_server;

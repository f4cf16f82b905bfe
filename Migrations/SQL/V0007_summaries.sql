-- What ships tell of their own data: what they gave up, their accounts by day, their links; and what
-- is left of thinned samples. Locks ship_ledgers and rollups for a moment, to add columns; nothing is
-- rewritten.

-- Samples that a ship thinned or gave up, as it declared them. rung is what is left of them (null:
-- nothing; 0: raw again, a recall), was what there was before.
CREATE TABLE hawser.declarations (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    ordinal integer NOT NULL,
    lane integer NOT NULL,
    -- Milliseconds since 1970, half-open.
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    -- The ship's numbers; both null for all series.
    first_series integer,
    last_series integer,
    was integer NOT NULL,
    rung integer,
    sample_count bigint NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    decided_at bigint NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT declarations_pkey PRIMARY KEY (tenant_id, ship_id, epoch, sequence, ordinal),
    CONSTRAINT declarations_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);
CREATE INDEX declarations_from_index ON hawser.declarations (tenant_id, ship_id, from_at);

-- The ship's own account of a lane and day (days since 1970, UTC), as last told.
CREATE TABLE hawser.ship_days (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    day integer NOT NULL,
    lane integer NOT NULL,
    produced bigint NOT NULL,
    degraded bigint NOT NULL,
    lost bigint NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT ship_days_pkey PRIMARY KEY (tenant_id, ship_id, epoch, day, lane),
    CONSTRAINT ship_days_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
)
WITH (fillfactor = 50);

-- What the shore stored of a lane and day: counted in the transaction that stored it. Raw samples of
-- the lanes metrics and backlog are one account.
CREATE TABLE hawser.stored_days (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    day integer NOT NULL,
    lane integer NOT NULL,
    stored bigint NOT NULL,
    stored_at timestamptz NOT NULL,
    CONSTRAINT stored_days_pkey PRIMARY KEY (tenant_id, ship_id, epoch, day, lane),
    CONSTRAINT stored_days_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
)
WITH (fillfactor = 50);

-- What a ship used of one class of link, and what that cost.
CREATE TABLE hawser.link_reports (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    ordinal integer NOT NULL,
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    link_class text NOT NULL,
    bytes_up bigint NOT NULL,
    bytes_down bigint NOT NULL,
    connected_ms bigint NOT NULL,
    cost_micros bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT link_reports_pkey PRIMARY KEY (tenant_id, ship_id, epoch, sequence, ordinal),
    CONSTRAINT link_reports_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);
CREATE INDEX link_reports_from_index ON hawser.link_reports (tenant_id, ship_id, from_at);

-- Thinned samples as the ship sealed them. rollups.thinned is made of these, and made again where a
-- recall takes some back.
CREATE TABLE hawser.rollup_segments (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    rung integer NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    row_count integer NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT rollup_segments_pkey PRIMARY KEY (tenant_id, ship_id, epoch, sequence),
    CONSTRAINT rollup_segments_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);
CREATE INDEX rollup_segments_first_index ON hawser.rollup_segments (tenant_id, ship_id, first_at);

-- Where a ship's account and the shore's do not agree. One row a lane and kind; raised_at is set when
-- it was long enough to be told to people, resolved_at when both agree again.
CREATE TABLE hawser.ledger_differences (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    lane integer NOT NULL,
    kind text NOT NULL,
    records bigint NOT NULL,
    found_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    raised_at timestamptz,
    resolved_at timestamptz,
    CONSTRAINT ledger_differences_pkey PRIMARY KEY (tenant_id, ship_id, epoch, lane, kind),
    CONSTRAINT ledger_differences_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

-- The rest of what a ship tells with its ledger, and what the shore had stored when it was told.
ALTER TABLE hawser.ship_ledgers
    ADD COLUMN stored bigint NOT NULL DEFAULT 0,
    ADD COLUMN pending bigint NOT NULL DEFAULT 0,
    ADD COLUMN degraded bigint NOT NULL DEFAULT 0,
    ADD COLUMN ashore bigint NOT NULL DEFAULT 0;

-- body is made of raw samples, thinned of what ships sent in their place; distinct_series is a
-- HyperLogLog of the identities of both (hours and days).
ALTER TABLE hawser.rollups
    ADD COLUMN thinned bytea,
    ADD COLUMN distinct_series bytea;

-- Compressed already, or random.
ALTER TABLE hawser.rollup_segments ALTER COLUMN body SET STORAGE EXTERNAL;
DO $$
DECLARE
    place regclass;
BEGIN
    FOR place IN SELECT relid FROM pg_partition_tree('hawser.rollups') LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN thinned SET STORAGE EXTERNAL', place);
        EXECUTE format('ALTER TABLE %s ALTER COLUMN distinct_series SET STORAGE EXTERNAL', place);
    END LOOP;
END
$$;

SELECT hawser.protect('hawser.declarations');
SELECT hawser.protect('hawser.ship_days');
SELECT hawser.protect('hawser.stored_days');
SELECT hawser.protect('hawser.link_reports');
SELECT hawser.protect('hawser.rollup_segments');
SELECT hawser.protect('hawser.ledger_differences');
GRANT SELECT, INSERT ON hawser.declarations, hawser.link_reports, hawser.rollup_segments
    TO hawser_server;
GRANT SELECT, INSERT, UPDATE ON hawser.ship_days, hawser.stored_days, hawser.ledger_differences
    TO hawser_server;

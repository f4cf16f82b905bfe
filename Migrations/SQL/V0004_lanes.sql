-- Where every lane of every ship stands. Locks nothing that exists.
--
-- Exactly-once rests on lane_positions: what a segment holds is stored in the transaction that
-- moves its lane's row, which is locked first.

CREATE TABLE hawser.lane_positions (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    lane smallint NOT NULL,
    -- The first segment that is not committed, and the digest over those before it.
    next_sequence bigint NOT NULL,
    chain bytea NOT NULL,
    stored_records bigint NOT NULL,
    stored_bytes bigint NOT NULL,
    -- Records in segments that could not be decoded; they are kept in quarantined_segments.
    quarantined_records bigint NOT NULL,
    started_at timestamptz NOT NULL,
    moved_at timestamptz NOT NULL,
    CONSTRAINT lane_positions_pkey PRIMARY KEY (tenant_id, ship_id, epoch, lane),
    CONSTRAINT lane_positions_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT lane_positions_chain_length CHECK (octet_length(chain) = 16)
)
WITH (fillfactor = 50);

-- Bytes of a segment whose rest has not come: durable, so that they are not sent twice.
CREATE TABLE hawser.lane_staging (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    lane smallint NOT NULL,
    sequence bigint NOT NULL,
    start_offset bigint NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT lane_staging_pkey
        PRIMARY KEY (tenant_id, ship_id, epoch, lane, sequence, start_offset),
    CONSTRAINT lane_staging_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

-- The metrics segments since the last that stands alone, as the ship sealed them: what a segment
-- that is predicted from its predecessor is read with after a restart. Samples are in sample_blocks.
CREATE TABLE hawser.lane_tails (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT lane_tails_pkey PRIMARY KEY (tenant_id, ship_id, epoch, sequence),
    CONSTRAINT lane_tails_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

-- Segments that arrived whole and can't be decoded: set aside, counted, reported, never deleted.
CREATE TABLE hawser.quarantined_segments (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    lane smallint NOT NULL,
    sequence bigint NOT NULL,
    received_at timestamptz NOT NULL,
    record_count bigint NOT NULL,
    reason text NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT quarantined_segments_pkey PRIMARY KEY (tenant_id, ship_id, epoch, lane, sequence),
    CONSTRAINT quarantined_segments_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);

-- The ship's own account of each lane, as last told.
CREATE TABLE hawser.ship_ledgers (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    lane smallint NOT NULL,
    produced bigint NOT NULL,
    lost bigint NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT ship_ledgers_pkey PRIMARY KEY (tenant_id, ship_id, epoch, lane),
    CONSTRAINT ship_ledgers_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
)
WITH (fillfactor = 50);

-- Segments are compressed already.
ALTER TABLE hawser.lane_staging ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.lane_tails ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.quarantined_segments ALTER COLUMN body SET STORAGE EXTERNAL;

SELECT hawser.protect('hawser.lane_positions');
SELECT hawser.protect('hawser.lane_staging');
SELECT hawser.protect('hawser.lane_tails');
SELECT hawser.protect('hawser.quarantined_segments');
SELECT hawser.protect('hawser.ship_ledgers');
GRANT SELECT, INSERT, UPDATE ON hawser.lane_positions, hawser.ship_ledgers TO hawser_server;
GRANT SELECT, INSERT, DELETE ON hawser.lane_staging, hawser.lane_tails TO hawser_server;
GRANT SELECT, INSERT ON hawser.quarantined_segments TO hawser_server;

-- Series, samples as compressed blocks, rollups, events. Locks nothing that exists.
--
-- Blocks and five-minute rollups are partitioned by week, hourly rollups by month; times outside
-- the years that clocks can honestly show go to the default partitions, so nothing is refused for
-- its time. Partitions are made by hawser.ensure_partitions, since the server owns nothing.

CREATE TABLE hawser.series (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    -- Counted per ship from 0, the same for the same labels whatever the epoch.
    series_id integer NOT NULL,
    -- The first 128 bits of SHA-256 over the labels in order.
    identity bytea NOT NULL,
    name text NOT NULL,
    labels jsonb NOT NULL,
    kind integer NOT NULL,
    CONSTRAINT series_pkey PRIMARY KEY (tenant_id, ship_id, series_id),
    CONSTRAINT series_identity_key UNIQUE (tenant_id, ship_id, identity),
    CONSTRAINT series_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);
-- A name may be longer than an index entry; its beginning serves to find it.
CREATE INDEX series_name_index ON hawser.series (tenant_id, ship_id, (left(name, 256)));

-- The ship's own numbers, which segments cite, per epoch of its store.
CREATE TABLE hawser.series_numbers (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    number integer NOT NULL,
    series_id integer NOT NULL,
    CONSTRAINT series_numbers_pkey PRIMARY KEY (tenant_id, ship_id, epoch, number),
    CONSTRAINT series_numbers_series_fkey
        FOREIGN KEY (tenant_id, ship_id, series_id)
        REFERENCES hawser.series (tenant_id, ship_id, series_id)
);

-- Samples, as the ship sealed them where a segment stands alone, else sealed anew so that it does;
-- part counts up where that takes more than one. first_at and last_at are in milliseconds since 1970, since a
-- wrong clock may say what timestamptz can't; week_at is first_at brought into range.
CREATE TABLE hawser.sample_blocks (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    week_at timestamptz NOT NULL,
    first_at bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    part integer NOT NULL,
    last_at bigint NOT NULL,
    sample_count integer NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT sample_blocks_pkey
        PRIMARY KEY (tenant_id, ship_id, week_at, first_at, epoch, sequence, part)
)
PARTITION BY RANGE (week_at);

-- Per ship and interval, one block with the count, sum, minimum, maximum and last value of every
-- series. One row instead of one a series: 140 bytes a series and interval become about five.
CREATE TABLE hawser.rollups (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    resolution_seconds integer NOT NULL,
    interval_at timestamptz NOT NULL,
    sample_count bigint NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT rollups_pkey PRIMARY KEY (tenant_id, ship_id, resolution_seconds, interval_at)
)
PARTITION BY LIST (resolution_seconds);
CREATE TABLE hawser.rollups_5m PARTITION OF hawser.rollups FOR VALUES IN (300)
    PARTITION BY RANGE (interval_at);
CREATE TABLE hawser.rollups_1h PARTITION OF hawser.rollups FOR VALUES IN (3600)
    PARTITION BY RANGE (interval_at);
CREATE TABLE hawser.rollups_1d PARTITION OF hawser.rollups FOR VALUES IN (86400);

CREATE TABLE hawser.sample_blocks_default PARTITION OF hawser.sample_blocks DEFAULT;
CREATE TABLE hawser.rollups_5m_default PARTITION OF hawser.rollups_5m DEFAULT;
CREATE TABLE hawser.rollups_1h_default PARTITION OF hawser.rollups_1h DEFAULT;

CREATE TABLE hawser.events (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    ordinal integer NOT NULL,
    -- Milliseconds since 1970, by the ship's clock.
    at bigint NOT NULL,
    received_at timestamptz NOT NULL,
    severity integer NOT NULL,
    kind text NOT NULL,
    message text NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (tenant_id, ship_id, epoch, sequence, ordinal),
    CONSTRAINT events_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);
CREATE INDEX events_at_index ON hawser.events (tenant_id, ship_id, at);

-- Bodies are compressed already. Partitions made later take this from their parent.
ALTER TABLE hawser.sample_blocks ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.sample_blocks_default ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.rollups ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.rollups_5m ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.rollups_1h ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.rollups_5m_default ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.rollups_1h_default ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.rollups_1d ALTER COLUMN body SET STORAGE EXTERNAL;

SELECT hawser.protect('hawser.series');
SELECT hawser.protect('hawser.series_numbers');
SELECT hawser.protect('hawser.sample_blocks');
SELECT hawser.protect('hawser.sample_blocks_default');
SELECT hawser.protect('hawser.rollups');
SELECT hawser.protect('hawser.rollups_5m');
SELECT hawser.protect('hawser.rollups_1h');
SELECT hawser.protect('hawser.rollups_1d');
SELECT hawser.protect('hawser.rollups_5m_default');
SELECT hawser.protect('hawser.rollups_1h_default');
SELECT hawser.protect('hawser.events');
-- On the parents only: a partition is never touched by its own name.
GRANT SELECT, INSERT ON hawser.series, hawser.series_numbers, hawser.sample_blocks, hawser.events
    TO hawser_server;
GRANT SELECT, INSERT, UPDATE ON hawser.rollups TO hawser_server;

-- Makes one partition of a parent for [lower, upper) if it is missing. Rows of that range that
-- wait in the default partition would stop it, so they are moved; for that, and only there, the
-- owner may see rows of every tenant.
CREATE POLICY partition_upkeep ON hawser.sample_blocks_default TO CURRENT_USER
    USING (true) WITH CHECK (true);
CREATE POLICY partition_upkeep ON hawser.rollups_5m_default TO CURRENT_USER
    USING (true) WITH CHECK (true);
CREATE POLICY partition_upkeep ON hawser.rollups_1h_default TO CURRENT_USER
    USING (true) WITH CHECK (true);

CREATE FUNCTION hawser.ensure_partition(
    parent text,
    time_column text,
    lower timestamptz,
    upper timestamptz
) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    child text := parent || to_char(lower AT TIME ZONE 'UTC', '_YYYYMMDD');
BEGIN
    IF to_regclass('hawser.' || child) IS NOT NULL THEN
        RETURN;
    END IF;
    -- Two sessions may want the same partition: the second waits, and finds it.
    PERFORM pg_advisory_xact_lock(hashtext('hawser.ensure_partition'));
    -- Not to_regclass again: it would answer from its cache, as it was before the wait.
    IF EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'hawser'::regnamespace AND relname = child
    ) THEN
        RETURN;
    END IF;
    -- Before the rows are moved: none may come to the default partition meanwhile.
    EXECUTE format('LOCK TABLE hawser.%I IN ACCESS EXCLUSIVE MODE', parent || '_default');
    EXECUTE format('CREATE TABLE hawser.%I (LIKE hawser.%I INCLUDING ALL)', child, parent);
    EXECUTE format(
        'WITH moved AS (DELETE FROM hawser.%I WHERE %I >= %L AND %I < %L RETURNING *) '
        'INSERT INTO hawser.%I SELECT * FROM moved',
        parent || '_default', time_column, lower, time_column, upper, child
    );
    PERFORM hawser.protect(('hawser.' || quote_ident(child))::regclass);
    EXECUTE format(
        'ALTER TABLE hawser.%I ATTACH PARTITION hawser.%I FOR VALUES FROM (%L) TO (%L)',
        parent, child, lower, upper
    );
END
$$;
REVOKE ALL ON FUNCTION hawser.ensure_partition(text, text, timestamptz, timestamptz) FROM PUBLIC;

-- Makes the partitions that samples of this moment need. Moments that no honest clock shows (before
-- 2015, or more than a month from now) need none: they go to the default partitions.
CREATE FUNCTION hawser.ensure_partitions(moment timestamptz, present timestamptz) RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    week timestamptz;
    month timestamptz;
BEGIN
    IF moment < '2015-01-01T00:00:00Z' OR moment > present + interval '31 days' THEN
        RETURN;
    END IF;
    week := date_trunc('week', moment, 'UTC');
    month := date_trunc('month', moment, 'UTC');
    PERFORM hawser.ensure_partition('sample_blocks', 'week_at', week, week + interval '7 days');
    PERFORM hawser.ensure_partition('rollups_5m', 'interval_at', week, week + interval '7 days');
    PERFORM hawser.ensure_partition(
        'rollups_1h',
        'interval_at',
        month,
        (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
    );
END
$$;
REVOKE ALL ON FUNCTION hawser.ensure_partitions(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.ensure_partitions(timestamptz, timestamptz) TO hawser_server;

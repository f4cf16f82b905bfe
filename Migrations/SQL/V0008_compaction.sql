-- Long chunks that compaction makes of the ships' blocks, the jobs that replicas share, retention,
-- and where forwarding stands.
--
-- Locks sample_blocks for an instant, to add a column with a constant default and an index on its
-- empty future; the index on blocks that are there already is built under that lock: about a second
-- for a million blocks, during which ships wait.

-- Which transaction stored a block: those of transactions before the oldest that still runs are
-- complete and in order, which is what forwarding follows.
ALTER TABLE hawser.sample_blocks
    ADD COLUMN stored_by xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id();
CREATE INDEX sample_blocks_stored_by_index ON hawser.sample_blocks (tenant_id, stored_by);

-- Samples of a range of series and a day, compacted. A chunk holds what the blocks held whose
-- week_at lies in that day, so blocks and chunks of one day, seen in one snapshot, are every sample
-- once. Series are the shore's series_id.
CREATE TABLE hawser.sample_chunks (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    day_at timestamptz NOT NULL,
    first_series integer NOT NULL,
    -- Counts up where late blocks were compacted into a day that had been.
    generation integer NOT NULL,
    part integer NOT NULL,
    last_series integer NOT NULL,
    -- Milliseconds since 1970.
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    sample_count bigint NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT sample_chunks_pkey
        PRIMARY KEY (tenant_id, ship_id, day_at, first_series, generation, part)
)
PARTITION BY RANGE (day_at);
CREATE TABLE hawser.sample_chunks_default PARTITION OF hawser.sample_chunks DEFAULT;
ALTER TABLE hawser.sample_chunks ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.sample_chunks_default ALTER COLUMN body SET STORAGE EXTERNAL;
SELECT hawser.protect('hawser.sample_chunks');
SELECT hawser.protect('hawser.sample_chunks_default');
CREATE POLICY partition_upkeep ON hawser.sample_chunks_default TO CURRENT_USER
    USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, DELETE ON hawser.sample_chunks TO hawser_server;
GRANT DELETE ON hawser.sample_blocks, hawser.rollups TO hawser_server;

-- The month's partition of chunks; see hawser.ensure_partitions.
CREATE FUNCTION hawser.ensure_chunk_partition(moment timestamptz, present timestamptz) RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    month timestamptz := date_trunc('month', moment, 'UTC');
BEGIN
    IF moment < '2015-01-01T00:00:00Z' OR moment > present + interval '31 days' THEN
        RETURN;
    END IF;
    PERFORM hawser.ensure_partition(
        'sample_chunks',
        'day_at',
        month,
        (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
    );
END
$$;
REVOKE ALL ON FUNCTION hawser.ensure_chunk_partition(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.ensure_chunk_partition(timestamptz, timestamptz) TO hawser_server;

-- How long a tenant's telemetry is kept; no row means the defaults of the server.
CREATE TABLE hawser.retention (
    tenant_id bigint NOT NULL,
    raw_days integer NOT NULL,
    five_minute_days integer NOT NULL,
    hour_days integer NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT retention_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT retention_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT retention_is_in_order CHECK (
        raw_days BETWEEN 1 AND 36500
        AND five_minute_days BETWEEN raw_days AND 36500
        AND hour_days BETWEEN five_minute_days AND 36500
    )
);
SELECT hawser.protect('hawser.retention');
GRANT SELECT, INSERT, UPDATE ON hawser.retention TO hawser_server;
-- The owner may see how long each keeps what, for hawser.drop_partitions and nothing else.
CREATE POLICY retention_directory ON hawser.retention FOR SELECT TO CURRENT_USER USING (true);

-- Drops the partitions that are past for every tenant, and tells how many. Arguments are the server's
-- defaults, in days; a tenant without a row has those.
CREATE FUNCTION hawser.drop_partitions(
    present timestamptz,
    raw_days integer,
    five_minute_days integer,
    hour_days integer
) RETURNS integer
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    -- Better tried again than everybody waiting behind a long query.
    SET lock_timeout = '5s'
    AS $$
DECLARE
    longest record;
    piece record;
    dropped integer := 0;
BEGIN
    SELECT
        greatest(max(r.raw_days), drop_partitions.raw_days) AS raw,
        greatest(max(r.five_minute_days), drop_partitions.five_minute_days) AS five_minute,
        greatest(max(r.hour_days), drop_partitions.hour_days) AS hour
    INTO longest
    FROM hawser.retention AS r;
    FOR piece IN
        SELECT child.relname AS name, parent.relname AS parent,
            to_timestamp(right(child.relname, 8), 'YYYYMMDD') AS lower
        FROM pg_inherits
        JOIN pg_class AS child ON child.oid = inhrelid
        JOIN pg_class AS parent ON parent.oid = inhparent
        WHERE child.relnamespace = 'hawser'::regnamespace
            AND parent.relname IN ('sample_blocks', 'sample_chunks', 'rollups_5m', 'rollups_1h')
            AND child.relname ~ '_[0-9]{8}$'
    LOOP
        -- A month has at most 31 days, and what begins in a week may end two hours later.
        IF piece.lower + interval '33 days' + make_interval(
            days => CASE piece.parent
                WHEN 'rollups_5m' THEN longest.five_minute
                WHEN 'rollups_1h' THEN longest.hour
                ELSE longest.raw
            END
        ) < present THEN
            EXECUTE format('DROP TABLE hawser.%I', piece.name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END
$$;
REVOKE ALL ON FUNCTION hawser.drop_partitions(timestamptz, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.drop_partitions(timestamptz, integer, integer, integer)
    TO hawser_server;

-- Work that comes again and again, one row each; replicas take turns by leases.
CREATE TABLE hawser.jobs (
    tenant_id bigint NOT NULL,
    kind text NOT NULL,
    -- What it is about: a ship's number, or 0.
    subject bigint NOT NULL,
    due_at timestamptz NOT NULL,
    -- Who works on it, and until when that is believed.
    owner text,
    leased_until timestamptz,
    -- Since it last succeeded.
    attempts integer NOT NULL,
    last_error text,
    succeeded_at timestamptz,
    CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, kind, subject),
    CONSTRAINT jobs_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT jobs_owner_has_a_lease CHECK ((owner IS NULL) = (leased_until IS NULL))
)
WITH (fillfactor = 50);
CREATE INDEX jobs_due_at_index ON hawser.jobs (tenant_id, due_at);
SELECT hawser.protect('hawser.jobs');
GRANT SELECT, INSERT, UPDATE ON hawser.jobs TO hawser_server;

-- The last block that a forwarding target has acknowledged, in the order of sample_blocks'
-- transactions and, within one, of its key.
CREATE TABLE hawser.forwarding_cursors (
    tenant_id bigint NOT NULL,
    target text NOT NULL,
    stored_by xid8 NOT NULL,
    ship_id bigint NOT NULL,
    week_at timestamptz NOT NULL,
    first_at bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    part integer NOT NULL,
    sample_count bigint NOT NULL,
    refused_count bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    CONSTRAINT forwarding_cursors_pkey PRIMARY KEY (tenant_id, target),
    CONSTRAINT forwarding_cursors_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
)
WITH (fillfactor = 50);
SELECT hawser.protect('hawser.forwarding_cursors');
GRANT SELECT, INSERT, UPDATE ON hawser.forwarding_cursors TO hawser_server;

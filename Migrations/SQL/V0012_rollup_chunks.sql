-- Rollups of a few series over a long time, which compaction makes of the rows of all series.
--
-- Locks rollups against writing while an index on it is made: about a second for a million rows.

-- What the rows of rollups with sample_count > 0 hold, moved: a row's body is emptied (or the row
-- deleted where nothing else is in it) in the transaction that puts its values here. Rows and chunks
-- of one period, seen in one snapshot and merged, are every sample once; late data fill a row again.
CREATE TABLE hawser.rollup_chunks (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    resolution_seconds integer NOT NULL,
    -- The first of the series' ids that this is for, and the first moment.
    first_series integer NOT NULL,
    period_at timestamptz NOT NULL,
    body bytea NOT NULL,
    -- Apart, since most questions do without.
    sketches bytea,
    CONSTRAINT rollup_chunks_pkey
        PRIMARY KEY (tenant_id, ship_id, resolution_seconds, first_series, period_at)
)
PARTITION BY LIST (resolution_seconds);
CREATE TABLE hawser.rollup_chunks_5m PARTITION OF hawser.rollup_chunks FOR VALUES IN (300)
    PARTITION BY RANGE (period_at);
CREATE TABLE hawser.rollup_chunks_1h PARTITION OF hawser.rollup_chunks FOR VALUES IN (3600)
    PARTITION BY RANGE (period_at);
CREATE TABLE hawser.rollup_chunks_1d PARTITION OF hawser.rollup_chunks FOR VALUES IN (86400);
CREATE TABLE hawser.rollup_chunks_5m_default PARTITION OF hawser.rollup_chunks_5m DEFAULT;
CREATE TABLE hawser.rollup_chunks_1h_default PARTITION OF hawser.rollup_chunks_1h DEFAULT;

DO $$
DECLARE
    place regclass;
BEGIN
    FOR place IN SELECT relid FROM pg_partition_tree('hawser.rollup_chunks') LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN body SET STORAGE EXTERNAL', place);
        EXECUTE format('ALTER TABLE %s ALTER COLUMN sketches SET STORAGE EXTERNAL', place);
        PERFORM hawser.protect(place);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.rollup_chunks TO hawser_server;
CREATE POLICY partition_upkeep ON hawser.rollup_chunks_5m_default TO CURRENT_USER
    USING (true) WITH CHECK (true);
CREATE POLICY partition_upkeep ON hawser.rollup_chunks_1h_default TO CURRENT_USER
    USING (true) WITH CHECK (true);

-- What waits to be moved.
CREATE INDEX rollups_filled_index
    ON hawser.rollups (tenant_id, ship_id, resolution_seconds, interval_at)
    WHERE sample_count > 0;

-- The months' partitions of chunks; see hawser.ensure_partitions.
CREATE FUNCTION hawser.ensure_rollup_chunk_partition(
    moment timestamptz,
    present timestamptz
) RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    month timestamptz := date_trunc('month', moment, 'UTC');
    following timestamptz := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF moment < '2015-01-01T00:00:00Z' OR moment > present + interval '31 days' THEN
        RETURN;
    END IF;
    PERFORM hawser.ensure_partition('rollup_chunks_5m', 'period_at', month, following);
    PERFORM hawser.ensure_partition('rollup_chunks_1h', 'period_at', month, following);
END
$$;
REVOKE ALL ON FUNCTION hawser.ensure_rollup_chunk_partition(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.ensure_rollup_chunk_partition(timestamptz, timestamptz)
    TO hawser_server;

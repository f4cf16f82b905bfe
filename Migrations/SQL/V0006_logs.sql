-- Log records as compressed blocks. Locks nothing that exists.
--
-- One row is one segment as the ship sealed it, with what a search needs to pass it over: its
-- times, its gravest severity, and which groups of three letters occur in it.

CREATE TABLE hawser.log_blocks (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    -- last_at brought into range: chooses the partition.
    week_at timestamptz NOT NULL,
    -- Milliseconds since 1970, by the clock of whoever logged; newest is found first.
    last_at bigint NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    first_at bigint NOT NULL,
    record_count integer NOT NULL,
    -- Syslog's: the lower, the graver.
    gravest_severity integer NOT NULL,
    -- A Bloom filter with one hash function, see TrigramFilter.
    trigrams bytea NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT log_blocks_pkey
        PRIMARY KEY (tenant_id, ship_id, week_at, last_at, epoch, sequence)
)
PARTITION BY RANGE (week_at);

CREATE TABLE hawser.log_blocks_default PARTITION OF hawser.log_blocks DEFAULT;

-- Bodies are compressed already. Partitions made later take this from their parent.
ALTER TABLE hawser.log_blocks ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE hawser.log_blocks_default ALTER COLUMN body SET STORAGE EXTERNAL;

SELECT hawser.protect('hawser.log_blocks');
SELECT hawser.protect('hawser.log_blocks_default');
-- On the parent only: a partition is never touched by its own name.
GRANT SELECT, INSERT ON hawser.log_blocks TO hawser_server;

-- Rows that wait in the default partition are moved when their own is made; for that the owner may
-- see rows of every tenant.
CREATE POLICY partition_upkeep ON hawser.log_blocks_default TO CURRENT_USER
    USING (true) WITH CHECK (true);

-- Makes the partition that log records of this moment need. Moments that no honest clock shows
-- (before 2015, or more than a month from now) need none: they go to the default partition.
CREATE FUNCTION hawser.ensure_log_partition(moment timestamptz, present timestamptz) RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    week timestamptz;
BEGIN
    IF moment < '2015-01-01T00:00:00Z' OR moment > present + interval '31 days' THEN
        RETURN;
    END IF;
    week := date_trunc('week', moment, 'UTC');
    PERFORM hawser.ensure_partition('log_blocks', 'week_at', week, week + interval '7 days');
END
$$;
REVOKE ALL ON FUNCTION hawser.ensure_log_partition(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.ensure_log_partition(timestamptz, timestamptz) TO hawser_server;

-- An end for everything that grows, and forwarding that survives a move to another cluster.
-- Locks retention and forwarding_cursors for a moment, to add columns; nothing is rewritten.

-- Null: the server's defaults. Records are what people read of a ship: events, declarations, accounts
-- by day, use of the link.
ALTER TABLE hawser.retention
    ADD COLUMN log_days integer,
    ADD COLUMN record_days integer,
    ADD CONSTRAINT retention_of_logs_is_in_range CHECK (log_days BETWEEN 1 AND 36500),
    ADD CONSTRAINT retention_of_records_is_in_range CHECK (record_days BETWEEN 400 AND 36500);

-- What declarations that were deleted came to: the ship's own sums go on.
CREATE TABLE hawser.declared_totals (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    epoch bigint NOT NULL,
    lane integer NOT NULL,
    degraded bigint NOT NULL,
    lost bigint NOT NULL,
    CONSTRAINT declared_totals_pkey PRIMARY KEY (tenant_id, ship_id, epoch, lane),
    CONSTRAINT declared_totals_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id)
);
SELECT hawser.protect('hawser.declared_totals');
GRANT SELECT, INSERT, UPDATE ON hawser.declared_totals TO hawser_server;

GRANT DELETE ON
    hawser.log_blocks,
    hawser.rollup_segments,
    hawser.declarations,
    hawser.link_reports,
    hawser.link_usage,
    hawser.ship_days,
    hawser.stored_days,
    hawser.events,
    hawser.shore_events,
    hawser.ship_clocks,
    hawser.ledger_differences
    TO hawser_server;

-- As hawser.drop_partitions with four arguments, which servers before this step call, and for logs
-- and chunks of rollups too.
CREATE FUNCTION hawser.drop_partitions(
    present timestamptz,
    raw_days integer,
    five_minute_days integer,
    hour_days integer,
    log_days integer
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
        greatest(max(r.hour_days), drop_partitions.hour_days) AS hour,
        greatest(max(r.log_days), drop_partitions.log_days) AS log
    INTO longest
    FROM hawser.retention AS r;
    FOR piece IN
        SELECT child.relname AS name, parent.relname AS parent,
            to_timestamp(right(child.relname, 8), 'YYYYMMDD') AS lower
        FROM pg_inherits
        JOIN pg_class AS child ON child.oid = inhrelid
        JOIN pg_class AS parent ON parent.oid = inhparent
        WHERE child.relnamespace = 'hawser'::regnamespace
            AND parent.relname IN (
                'sample_blocks', 'sample_chunks', 'rollups_5m', 'rollups_1h', 'rollup_chunks_5m',
                'rollup_chunks_1h', 'log_blocks'
            )
            AND child.relname ~ '_[0-9]{8}$'
    LOOP
        -- A month has at most 31 days, and what begins in it may end four days later.
        IF piece.lower + interval '36 days' + make_interval(
            days => CASE piece.parent
                WHEN 'rollups_5m' THEN longest.five_minute
                WHEN 'rollup_chunks_5m' THEN longest.five_minute
                WHEN 'rollups_1h' THEN longest.hour
                WHEN 'rollup_chunks_1h' THEN longest.hour
                WHEN 'log_blocks' THEN longest.log
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
REVOKE ALL ON FUNCTION
    hawser.drop_partitions(timestamptz, integer, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    hawser.drop_partitions(timestamptz, integer, integer, integer, integer) TO hawser_server;

-- Transactions are numbered by each cluster for itself. A database that was restored into another
-- one would never send what is stored there under numbers that its cursors have passed: a cursor of
-- another cluster begins anew, and blocks get numbers of this one. Null: of a server before this
-- step, taken for this cluster's.
ALTER TABLE hawser.forwarding_cursors ADD COLUMN cluster bigint;
GRANT UPDATE (stored_by) ON hawser.sample_blocks TO hawser_server;

-- Raw samples that people ashore ask ships for. Locks nothing that exists but ships, for the moment in
-- which the foreign key is made.

CREATE SEQUENCE hawser.want_numbers AS bigint;

CREATE TABLE hawser.wants (
    tenant_id bigint NOT NULL,
    ship_id bigint NOT NULL,
    want_id bigint NOT NULL,
    -- Milliseconds since 1970, half-open.
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    -- Sealed bytes that the ship may send for it.
    max_bytes bigint NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    -- Null until it was sent to the ship first, and until the ship answered.
    told_at timestamptz,
    answered_at timestamptz,
    outcome integer,
    sample_count bigint,
    byte_count bigint,
    CONSTRAINT wants_pkey PRIMARY KEY (tenant_id, ship_id, want_id),
    CONSTRAINT wants_ship_fkey
        FOREIGN KEY (tenant_id, ship_id) REFERENCES hawser.ships (tenant_id, ship_id),
    CONSTRAINT wants_range_check CHECK (from_at < to_at),
    CONSTRAINT wants_answer_check CHECK ((answered_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX wants_open_index ON hawser.wants (tenant_id, ship_id, want_id)
    WHERE answered_at IS NULL;

SELECT hawser.protect('hawser.wants');
GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.wants TO hawser_server;
GRANT USAGE ON SEQUENCE hawser.want_numbers TO hawser_server;

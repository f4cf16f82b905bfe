-- What a tenant may use, as data, and what was refused for it. Locks series_numbers and lane_positions
-- for a moment, to change columns; nothing is rewritten.

-- Null: the default of the server's configuration.
CREATE TABLE hawser.quotas (
    tenant_id bigint NOT NULL,
    ships bigint,
    series bigint,
    ingest_samples_per_second bigint,
    ingest_bytes_per_day bigint,
    storage_bytes bigint,
    artifact_bytes bigint,
    api_requests_per_second bigint,
    api_burst bigint,
    labels_per_ship bigint,
    version bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT quotas_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT quotas_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT quotas_are_in_range CHECK (
        least(
            ships, series, ingest_bytes_per_day, storage_bytes, artifact_bytes, labels_per_ship
        ) >= 0
        AND least(ingest_samples_per_second, api_requests_per_second, api_burst) >= 1
    )
);
SELECT hawser.protect('hawser.quotas');
GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.quotas TO hawser_server;

-- A number without a series: its definition was beyond the tenant's limit, and is kept as the ship's
-- catalogue has it, to be entered when there is room.
ALTER TABLE hawser.series_numbers
    ALTER COLUMN series_id DROP NOT NULL,
    ADD COLUMN refused bytea;
GRANT UPDATE (series_id, refused) ON hawser.series_numbers TO hawser_server;

-- Of quarantined_records: samples that a limit of the tenant kept out. They are gone, and counted.
ALTER TABLE hawser.lane_positions ADD COLUMN refused_records bigint NOT NULL DEFAULT 0;

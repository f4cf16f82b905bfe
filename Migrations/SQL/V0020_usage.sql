-- What each tenant used, by UTC day: for bills, and for limits by the day. Locks nothing that exists.

CREATE TABLE hawser.usage_days (
    tenant_id bigint NOT NULL,
    -- Days since 1970.
    day integer NOT NULL,
    samples bigint NOT NULL DEFAULT 0,
    -- Of segments as ships sent them, without the transport's own.
    bytes_in bigint NOT NULL DEFAULT 0,
    api_requests bigint NOT NULL DEFAULT 0,
    -- As last measured on that day; null where it was not.
    storage_bytes bigint,
    ships bigint,
    series bigint,
    measured_at timestamptz,
    CONSTRAINT usage_days_pkey PRIMARY KEY (tenant_id, day),
    CONSTRAINT usage_days_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);
SELECT hawser.protect('hawser.usage_days');
GRANT SELECT, INSERT, UPDATE, DELETE ON hawser.usage_days TO hawser_server;

-- Bundles: trees of files that are kept and served like models. Locks nothing that exists.

CREATE TABLE hawser.bundles (
    tenant_id bigint NOT NULL,
    -- The model that it is.
    registered_model_id bigint NOT NULL,
    -- JSON Schema; null where everything goes.
    schema text,
    -- Paths of the files that it is for, * being any run of characters.
    schema_files text NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT bundles_pkey PRIMARY KEY (tenant_id, registered_model_id),
    CONSTRAINT bundles_model_fkey FOREIGN KEY (tenant_id, registered_model_id)
        REFERENCES hawser.registered_models (tenant_id, registered_model_id) ON DELETE CASCADE
);
SELECT hawser.protect('hawser.bundles');
GRANT SELECT, INSERT ON hawser.bundles TO hawser_server, hawser_api;
GRANT UPDATE (schema, schema_files, updated_at, version) ON hawser.bundles
    TO hawser_server, hawser_api;

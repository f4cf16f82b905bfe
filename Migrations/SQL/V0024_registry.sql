-- The registry: experiments, runs and their metrics, logged models, registered models with their versions
-- and aliases, as MLflow has them, and the artifacts that they name. Locks nothing that exists.
--
-- Times are milliseconds since 1970, since that is what clients send and read, and some of them are
-- whatever a client says.

CREATE SEQUENCE hawser.registered_model_numbers AS bigint;

CREATE TABLE hawser.experiments (
    tenant_id bigint NOT NULL,
    -- 0 is the one that every tenant has; others are drawn, so that no tenant's tells of another's.
    experiment_id bigint NOT NULL,
    name text NOT NULL,
    artifact_location text NOT NULL,
    is_deleted boolean NOT NULL DEFAULT false,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT experiments_pkey PRIMARY KEY (tenant_id, experiment_id),
    CONSTRAINT experiments_name_key UNIQUE (tenant_id, name),
    CONSTRAINT experiments_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT experiments_name_length CHECK (length(name) BETWEEN 1 AND 500)
);

CREATE TABLE hawser.experiment_tags (
    tenant_id bigint NOT NULL,
    experiment_id bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT experiment_tags_pkey PRIMARY KEY (tenant_id, experiment_id, key),
    CONSTRAINT experiment_tags_experiment_fkey FOREIGN KEY (tenant_id, experiment_id)
        REFERENCES hawser.experiments (tenant_id, experiment_id)
);

CREATE TABLE hawser.runs (
    tenant_id bigint NOT NULL,
    -- 32 hexadecimal digits.
    run_id text NOT NULL,
    experiment_id bigint NOT NULL,
    name text NOT NULL,
    user_name text NOT NULL DEFAULT '',
    -- MLflow's numbers: 1 running, 2 scheduled, 3 finished, 4 failed, 5 killed.
    status integer NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint,
    is_deleted boolean NOT NULL DEFAULT false,
    CONSTRAINT runs_pkey PRIMARY KEY (tenant_id, run_id),
    CONSTRAINT runs_experiment_fkey FOREIGN KEY (tenant_id, experiment_id)
        REFERENCES hawser.experiments (tenant_id, experiment_id),
    CONSTRAINT runs_status_is_known CHECK (status BETWEEN 1 AND 5)
);
CREATE INDEX runs_experiment_index
    ON hawser.runs (tenant_id, experiment_id, started_at DESC, run_id);

CREATE TABLE hawser.run_params (
    tenant_id bigint NOT NULL,
    run_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT run_params_pkey PRIMARY KEY (tenant_id, run_id, key),
    CONSTRAINT run_params_run_fkey FOREIGN KEY (tenant_id, run_id)
        REFERENCES hawser.runs (tenant_id, run_id)
);

CREATE TABLE hawser.run_tags (
    tenant_id bigint NOT NULL,
    run_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT run_tags_pkey PRIMARY KEY (tenant_id, run_id, key),
    CONSTRAINT run_tags_run_fkey FOREIGN KEY (tenant_id, run_id)
        REFERENCES hawser.runs (tenant_id, run_id)
);

-- All that was logged, each once.
CREATE TABLE hawser.run_metrics (
    tenant_id bigint NOT NULL,
    run_id text NOT NULL,
    key text NOT NULL,
    logged_at bigint NOT NULL,
    step bigint NOT NULL,
    value double precision NOT NULL,
    CONSTRAINT run_metrics_pkey PRIMARY KEY (tenant_id, run_id, key, logged_at, step, value),
    CONSTRAINT run_metrics_run_fkey FOREIGN KEY (tenant_id, run_id)
        REFERENCES hawser.runs (tenant_id, run_id)
);

-- Of each key the one with the greatest step, time and value, in this order: what runs show, and
-- what they are searched by.
CREATE TABLE hawser.run_latest_metrics (
    tenant_id bigint NOT NULL,
    run_id text NOT NULL,
    key text NOT NULL,
    logged_at bigint NOT NULL,
    step bigint NOT NULL,
    value double precision NOT NULL,
    CONSTRAINT run_latest_metrics_pkey PRIMARY KEY (tenant_id, run_id, key),
    CONSTRAINT run_latest_metrics_run_fkey FOREIGN KEY (tenant_id, run_id)
        REFERENCES hawser.runs (tenant_id, run_id)
);

CREATE TABLE hawser.datasets (
    tenant_id bigint NOT NULL,
    experiment_id bigint NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    source_type text NOT NULL,
    source text NOT NULL,
    schema text,
    profile text,
    CONSTRAINT datasets_pkey PRIMARY KEY (tenant_id, experiment_id, name, digest),
    CONSTRAINT datasets_experiment_fkey FOREIGN KEY (tenant_id, experiment_id)
        REFERENCES hawser.experiments (tenant_id, experiment_id)
);

CREATE TABLE hawser.run_datasets (
    tenant_id bigint NOT NULL,
    run_id text NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    experiment_id bigint NOT NULL,
    -- Of the tag mlflow.data.context, which searches ask for.
    context text,
    -- As an object of texts.
    tags jsonb NOT NULL,
    CONSTRAINT run_datasets_pkey PRIMARY KEY (tenant_id, run_id, name, digest),
    CONSTRAINT run_datasets_run_fkey FOREIGN KEY (tenant_id, run_id)
        REFERENCES hawser.runs (tenant_id, run_id),
    CONSTRAINT run_datasets_dataset_fkey FOREIGN KEY (tenant_id, experiment_id, name, digest)
        REFERENCES hawser.datasets (tenant_id, experiment_id, name, digest)
);

CREATE TABLE hawser.logged_models (
    tenant_id bigint NOT NULL,
    -- m- and 32 hexadecimal digits.
    model_id text NOT NULL,
    experiment_id bigint NOT NULL,
    name text NOT NULL,
    source_run_id text,
    -- MLflow's numbers: 1 pending, 2 ready, 3 upload failed.
    status integer NOT NULL,
    status_message text NOT NULL DEFAULT '',
    model_type text NOT NULL DEFAULT '',
    artifact_location text NOT NULL,
    is_deleted boolean NOT NULL DEFAULT false,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT logged_models_pkey PRIMARY KEY (tenant_id, model_id),
    CONSTRAINT logged_models_experiment_fkey FOREIGN KEY (tenant_id, experiment_id)
        REFERENCES hawser.experiments (tenant_id, experiment_id),
    CONSTRAINT logged_models_status_is_known CHECK (status BETWEEN 1 AND 3)
);
CREATE INDEX logged_models_experiment_index
    ON hawser.logged_models (tenant_id, experiment_id, created_at DESC, model_id);

CREATE TABLE hawser.logged_model_tags (
    tenant_id bigint NOT NULL,
    model_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT logged_model_tags_pkey PRIMARY KEY (tenant_id, model_id, key),
    CONSTRAINT logged_model_tags_model_fkey FOREIGN KEY (tenant_id, model_id)
        REFERENCES hawser.logged_models (tenant_id, model_id)
);

CREATE TABLE hawser.logged_model_params (
    tenant_id bigint NOT NULL,
    model_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT logged_model_params_pkey PRIMARY KEY (tenant_id, model_id, key),
    CONSTRAINT logged_model_params_model_fkey FOREIGN KEY (tenant_id, model_id)
        REFERENCES hawser.logged_models (tenant_id, model_id)
);

-- What runs measured of a logged model.
CREATE TABLE hawser.logged_model_metrics (
    tenant_id bigint NOT NULL,
    model_id text NOT NULL,
    key text NOT NULL,
    logged_at bigint NOT NULL,
    step bigint NOT NULL,
    value double precision NOT NULL,
    run_id text NOT NULL,
    dataset_name text NOT NULL DEFAULT '',
    dataset_digest text NOT NULL DEFAULT '',
    CONSTRAINT logged_model_metrics_pkey
        PRIMARY KEY (tenant_id, model_id, key, logged_at, step, value, run_id),
    CONSTRAINT logged_model_metrics_model_fkey FOREIGN KEY (tenant_id, model_id)
        REFERENCES hawser.logged_models (tenant_id, model_id)
);

-- Which logged models a run read or made.
CREATE TABLE hawser.run_models (
    tenant_id bigint NOT NULL,
    run_id text NOT NULL,
    is_output boolean NOT NULL,
    model_id text NOT NULL,
    step bigint NOT NULL DEFAULT 0,
    CONSTRAINT run_models_pkey PRIMARY KEY (tenant_id, run_id, is_output, model_id),
    CONSTRAINT run_models_run_fkey FOREIGN KEY (tenant_id, run_id)
        REFERENCES hawser.runs (tenant_id, run_id)
);
CREATE INDEX run_models_model_index ON hawser.run_models (tenant_id, model_id);

CREATE TABLE hawser.registered_models (
    tenant_id bigint NOT NULL,
    -- Never given again, whatever becomes of the name.
    registered_model_id bigint NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    -- Of the versions that there ever were; taken under the row's lock.
    last_version bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT registered_models_pkey PRIMARY KEY (tenant_id, registered_model_id),
    CONSTRAINT registered_models_name_key UNIQUE (tenant_id, name),
    CONSTRAINT registered_models_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT registered_models_name_length CHECK (length(name) BETWEEN 1 AND 256)
);

CREATE TABLE hawser.registered_model_tags (
    tenant_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT registered_model_tags_pkey PRIMARY KEY (tenant_id, registered_model_id, key),
    CONSTRAINT registered_model_tags_model_fkey FOREIGN KEY (tenant_id, registered_model_id)
        REFERENCES hawser.registered_models (tenant_id, registered_model_id) ON DELETE CASCADE
);
-- A value may be longer than an index entry; its beginning serves to find it.
CREATE INDEX registered_model_tags_value_index
    ON hawser.registered_model_tags (tenant_id, key, (left(value, 128)));

CREATE TABLE hawser.model_versions (
    tenant_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    version bigint NOT NULL,
    description text NOT NULL DEFAULT '',
    user_name text NOT NULL DEFAULT '',
    -- As the client wrote it, and where its files are.
    source text NOT NULL,
    storage_location text NOT NULL,
    run_id text NOT NULL DEFAULT '',
    run_link text NOT NULL DEFAULT '',
    model_id text NOT NULL DEFAULT '',
    -- 0 none, 1 staging, 2 production, 3 archived.
    stage integer NOT NULL DEFAULT 0,
    -- MLflow's numbers: 1 pending, 2 failed, 3 ready.
    status integer NOT NULL,
    status_message text NOT NULL DEFAULT '',
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT model_versions_pkey PRIMARY KEY (tenant_id, registered_model_id, version),
    CONSTRAINT model_versions_model_fkey FOREIGN KEY (tenant_id, registered_model_id)
        REFERENCES hawser.registered_models (tenant_id, registered_model_id) ON DELETE CASCADE,
    CONSTRAINT model_versions_stage_is_known CHECK (stage BETWEEN 0 AND 3),
    CONSTRAINT model_versions_status_is_known CHECK (status BETWEEN 1 AND 3)
);
-- The newest of each stage, without reading the others.
CREATE INDEX model_versions_stage_index
    ON hawser.model_versions (tenant_id, registered_model_id, stage, version DESC);
CREATE INDEX model_versions_updated_index ON hawser.model_versions (tenant_id, updated_at DESC);
CREATE INDEX model_versions_run_index ON hawser.model_versions (tenant_id, run_id);

CREATE TABLE hawser.model_version_tags (
    tenant_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    version bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT model_version_tags_pkey PRIMARY KEY (tenant_id, registered_model_id, version, key),
    CONSTRAINT model_version_tags_version_fkey
        FOREIGN KEY (tenant_id, registered_model_id, version)
        REFERENCES hawser.model_versions (tenant_id, registered_model_id, version)
        ON DELETE CASCADE
);
CREATE INDEX model_version_tags_value_index
    ON hawser.model_version_tags (tenant_id, key, (left(value, 128)));

CREATE TABLE hawser.model_aliases (
    tenant_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    alias text NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT model_aliases_pkey PRIMARY KEY (tenant_id, registered_model_id, alias),
    CONSTRAINT model_aliases_version_fkey
        FOREIGN KEY (tenant_id, registered_model_id, version)
        REFERENCES hawser.model_versions (tenant_id, registered_model_id, version)
        ON DELETE CASCADE
);
CREATE INDEX model_aliases_version_index
    ON hawser.model_aliases (tenant_id, registered_model_id, version);

-- Bytes, each content once a tenant. The file's name is drawn, so that an upload and a collection of
-- the same content never meet on one file.
CREATE TABLE hawser.artifact_blobs (
    tenant_id bigint NOT NULL,
    -- SHA-256 of the content as it was uploaded.
    digest bytea NOT NULL,
    size bigint NOT NULL,
    -- Where the store has it; encrypted under the tenant's key of this number.
    location text NOT NULL,
    key_number bigint NOT NULL,
    stored_at timestamptz NOT NULL,
    -- When something last let go of it: it may be collected, if nothing else holds it.
    released_at timestamptz,
    -- When its bytes were last read again.
    checked_at timestamptz,
    is_damaged boolean NOT NULL DEFAULT false,
    CONSTRAINT artifact_blobs_pkey PRIMARY KEY (tenant_id, digest),
    CONSTRAINT artifact_blobs_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT artifact_blobs_location_key UNIQUE (tenant_id, location)
);

CREATE INDEX artifact_blobs_released_index
    ON hawser.artifact_blobs (tenant_id, released_at) WHERE released_at IS NOT NULL;
CREATE INDEX artifact_blobs_checked_index
    ON hawser.artifact_blobs (tenant_id, checked_at NULLS FIRST);

-- Files in the store that nobody needs any more, until they are deleted there: not before `due_at`,
-- since somebody may be reading them.
CREATE TABLE hawser.artifact_garbage (
    tenant_id bigint NOT NULL,
    location text NOT NULL,
    due_at timestamptz NOT NULL,
    CONSTRAINT artifact_garbage_pkey PRIMARY KEY (tenant_id, location),
    CONSTRAINT artifact_garbage_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);
CREATE INDEX artifact_garbage_due_index ON hawser.artifact_garbage (tenant_id, due_at);

-- The sum of a tenant's blobs and parts, for its limit: whoever adds takes this row's lock.
CREATE TABLE hawser.artifact_usage (
    tenant_id bigint NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT artifact_usage_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT artifact_usage_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);

-- What paths show; directories are what their files' paths begin with.
CREATE TABLE hawser.artifact_files (
    tenant_id bigint NOT NULL,
    path text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT artifact_files_pkey PRIMARY KEY (tenant_id, path),
    CONSTRAINT artifact_files_blob_fkey FOREIGN KEY (tenant_id, digest)
        REFERENCES hawser.artifact_blobs (tenant_id, digest)
);
CREATE INDEX artifact_files_digest_index ON hawser.artifact_files (tenant_id, digest);

-- What a version consists of, from the moment of its registration on.
CREATE TABLE hawser.model_version_files (
    tenant_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    version bigint NOT NULL,
    -- Below the version's root.
    path text COLLATE "C" NOT NULL,
    -- In the store: what clients download by.
    source_path text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    CONSTRAINT model_version_files_pkey
        PRIMARY KEY (tenant_id, registered_model_id, version, path),
    CONSTRAINT model_version_files_version_fkey
        FOREIGN KEY (tenant_id, registered_model_id, version)
        REFERENCES hawser.model_versions (tenant_id, registered_model_id, version)
        ON DELETE CASCADE,
    CONSTRAINT model_version_files_blob_fkey FOREIGN KEY (tenant_id, digest)
        REFERENCES hawser.artifact_blobs (tenant_id, digest)
);
CREATE INDEX model_version_files_digest_index ON hawser.model_version_files (tenant_id, digest);
CREATE INDEX model_version_files_source_index
    ON hawser.model_version_files (tenant_id, source_path);

-- Uploads in parts that are not complete.
CREATE TABLE hawser.artifact_uploads (
    tenant_id bigint NOT NULL,
    upload_id text NOT NULL,
    path text NOT NULL,
    part_count integer NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT artifact_uploads_pkey PRIMARY KEY (tenant_id, upload_id),
    CONSTRAINT artifact_uploads_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);

CREATE TABLE hawser.artifact_parts (
    tenant_id bigint NOT NULL,
    upload_id text NOT NULL,
    part_number integer NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    location text NOT NULL,
    key_number bigint NOT NULL,
    CONSTRAINT artifact_parts_pkey PRIMARY KEY (tenant_id, upload_id, part_number),
    CONSTRAINT artifact_parts_upload_fkey FOREIGN KEY (tenant_id, upload_id)
        REFERENCES hawser.artifact_uploads (tenant_id, upload_id) ON DELETE CASCADE
);

-- Whatever lets go of a blob, by whichever way, is seen by the next collection.
CREATE FUNCTION hawser.release_artifact_blobs() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    UPDATE hawser.artifact_blobs AS b SET released_at = clock_timestamp()
    FROM (SELECT DISTINCT tenant_id, digest FROM released) AS r
    WHERE b.tenant_id = r.tenant_id AND b.digest = r.digest;
    RETURN NULL;
END
$$;
CREATE TRIGGER artifact_files_deleted AFTER DELETE ON hawser.artifact_files
    REFERENCING OLD TABLE AS released
    FOR EACH STATEMENT EXECUTE FUNCTION hawser.release_artifact_blobs();
CREATE TRIGGER artifact_files_updated AFTER UPDATE ON hawser.artifact_files
    REFERENCING OLD TABLE AS released
    FOR EACH STATEMENT EXECUTE FUNCTION hawser.release_artifact_blobs();
CREATE TRIGGER model_version_files_deleted AFTER DELETE ON hawser.model_version_files
    REFERENCING OLD TABLE AS released
    FOR EACH STATEMENT EXECUTE FUNCTION hawser.release_artifact_blobs();

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY[
        'experiments', 'experiment_tags', 'runs', 'run_params', 'run_tags', 'run_metrics',
        'run_latest_metrics', 'datasets', 'run_datasets', 'logged_models', 'logged_model_tags',
        'logged_model_params', 'logged_model_metrics', 'run_models', 'registered_models',
        'registered_model_tags', 'model_versions', 'model_version_tags', 'model_aliases',
        'model_version_files', 'artifact_blobs', 'artifact_files', 'artifact_garbage',
        'artifact_usage', 'artifact_uploads', 'artifact_parts'
    ]
    LOOP
        PERFORM hawser.protect(format('hawser.%I', relation)::regclass);
    END LOOP;
END
$$;

-- MLflow's clients use experiment 0 where they are told of none: every tenant has one from its start.
CREATE FUNCTION hawser.add_default_experiment() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    INSERT INTO hawser.experiments
        (tenant_id, experiment_id, name, artifact_location, created_at, updated_at)
    SELECT NEW.tenant_id, 0, 'Default', 'mlflow-artifacts:/0', at, at
    FROM (SELECT (extract(epoch FROM NEW.created_at) * 1000)::bigint) AS moment (at);
    RETURN NULL;
END
$$;
CREATE TRIGGER tenants_default_experiment AFTER INSERT ON hawser.tenants
    FOR EACH ROW WHEN (NEW.tenant_id > 0) EXECUTE FUNCTION hawser.add_default_experiment();

ALTER TABLE hawser.tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE hawser.experiments NO FORCE ROW LEVEL SECURITY;
INSERT INTO hawser.experiments
    (tenant_id, experiment_id, name, artifact_location, created_at, updated_at)
SELECT tenant_id, 0, 'Default', 'mlflow-artifacts:/0', at, at
FROM hawser.tenants, LATERAL (SELECT (extract(epoch FROM created_at) * 1000)::bigint) AS moment (at)
WHERE tenant_id > 0;
ALTER TABLE hawser.experiments FORCE ROW LEVEL SECURITY;
ALTER TABLE hawser.tenants FORCE ROW LEVEL SECURITY;

-- Which versions may come under which alias: looked at by every way to move one.
CREATE TABLE hawser.gates (
    tenant_id bigint NOT NULL,
    name text NOT NULL,
    -- A registered model's name, or * for all.
    model text NOT NULL,
    -- An alias, or stage:Production and the like.
    target text NOT NULL,
    -- GateRules as JSON.
    rules jsonb NOT NULL,
    approvals integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT gates_pkey PRIMARY KEY (tenant_id, name),
    CONSTRAINT gates_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT gates_approvals_are_few CHECK (approvals BETWEEN 0 AND 5)
);
CREATE INDEX gates_target_index ON hawser.gates (tenant_id, target);

CREATE SEQUENCE hawser.promotion_numbers AS bigint;

-- Requests to move an alias, with what speaks for it and what became of it.
CREATE TABLE hawser.promotions (
    tenant_id bigint NOT NULL,
    promotion_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    -- As it was called then.
    model text NOT NULL,
    version bigint NOT NULL,
    target text NOT NULL,
    -- waiting, applied, refused, rejected, withdrawn or expired.
    state text NOT NULL,
    reason text NOT NULL,
    -- PromotionEvidence and GateVerdict as JSON.
    evidence jsonb NOT NULL,
    verdict jsonb NOT NULL,
    requested_by bigint NOT NULL,
    requested_by_name text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT promotions_pkey PRIMARY KEY (tenant_id, promotion_id),
    CONSTRAINT promotions_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT promotions_state_is_known CHECK (
        state IN ('waiting', 'applied', 'refused', 'rejected', 'withdrawn', 'expired')
    )
);
CREATE INDEX promotions_model_index
    ON hawser.promotions (tenant_id, registered_model_id, promotion_id DESC);

CREATE TABLE hawser.promotion_approvals (
    tenant_id bigint NOT NULL,
    promotion_id bigint NOT NULL,
    user_id bigint NOT NULL,
    user_name text NOT NULL,
    is_approval boolean NOT NULL,
    comment text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT promotion_approvals_pkey PRIMARY KEY (tenant_id, promotion_id, user_id),
    CONSTRAINT promotion_approvals_promotion_fkey FOREIGN KEY (tenant_id, promotion_id)
        REFERENCES hawser.promotions (tenant_id, promotion_id)
);

-- What was under an alias or in a stage, and when: never changed.
CREATE TABLE hawser.model_moves (
    tenant_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    move_number bigint NOT NULL,
    target text NOT NULL,
    -- Null where there was none, or is none.
    from_version bigint,
    to_version bigint,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    promotion_id bigint,
    CONSTRAINT model_moves_pkey PRIMARY KEY (tenant_id, registered_model_id, move_number),
    CONSTRAINT model_moves_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id)
);

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['gates', 'promotions', 'promotion_approvals', 'model_moves']
    LOOP
        PERFORM hawser.protect(format('hawser.%I', relation)::regclass);
    END LOOP;
END
$$;

-- What a version consists of, signed: content, not paths, so that ships and gates know it again.
CREATE TABLE hawser.version_manifests (
    tenant_id bigint NOT NULL,
    registered_model_id bigint NOT NULL,
    version bigint NOT NULL,
    -- JSON, byte for byte as it was signed.
    body text NOT NULL,
    -- SHA-256 of the body.
    digest bytea NOT NULL,
    -- Ed25519 of the digest's line, and the key's id.
    signature bytea NOT NULL,
    key_id text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT version_manifests_pkey PRIMARY KEY (tenant_id, registered_model_id, version),
    CONSTRAINT version_manifests_version_fkey
        FOREIGN KEY (tenant_id, registered_model_id, version)
        REFERENCES hawser.model_versions (tenant_id, registered_model_id, version)
        ON DELETE CASCADE
);
SELECT hawser.protect('hawser.version_manifests');

-- Commands at the terminal.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    hawser.artifact_blobs, hawser.artifact_files, hawser.artifact_garbage,
    hawser.artifact_parts, hawser.artifact_uploads, hawser.artifact_usage, hawser.datasets,
    hawser.experiment_tags, hawser.experiments, hawser.gates, hawser.logged_model_metrics,
    hawser.logged_model_params, hawser.logged_model_tags, hawser.logged_models,
    hawser.model_aliases, hawser.model_version_files, hawser.model_version_tags,
    hawser.model_versions, hawser.registered_model_tags, hawser.registered_models,
    hawser.run_datasets, hawser.run_latest_metrics, hawser.run_metrics, hawser.run_models,
    hawser.run_params, hawser.run_tags, hawser.runs
    TO hawser_server;
GRANT SELECT, INSERT, UPDATE ON hawser.promotions TO hawser_server;
GRANT SELECT, INSERT ON
    hawser.model_moves, hawser.promotion_approvals, hawser.version_manifests
    TO hawser_server;
GRANT USAGE ON SEQUENCE
    hawser.promotion_numbers, hawser.registered_model_numbers
    TO hawser_server;

-- People and programs. What was moved, agreed to and signed stays as it is.
GRANT SELECT, INSERT ON
    hawser.artifact_blobs, hawser.artifact_files, hawser.artifact_garbage,
    hawser.artifact_parts, hawser.artifact_uploads, hawser.artifact_usage, hawser.datasets,
    hawser.experiment_tags, hawser.experiments, hawser.gates, hawser.logged_model_metrics,
    hawser.logged_model_params, hawser.logged_model_tags, hawser.logged_models,
    hawser.model_aliases, hawser.model_moves, hawser.model_version_files,
    hawser.model_version_tags, hawser.model_versions, hawser.promotion_approvals,
    hawser.promotions, hawser.registered_model_tags, hawser.registered_models,
    hawser.run_datasets, hawser.run_latest_metrics, hawser.run_metrics, hawser.run_models,
    hawser.run_params, hawser.run_tags, hawser.runs, hawser.version_manifests
    TO hawser_api;
GRANT DELETE ON
    hawser.artifact_files, hawser.artifact_parts, hawser.artifact_uploads,
    hawser.experiment_tags, hawser.gates, hawser.logged_model_tags, hawser.model_aliases,
    hawser.model_version_tags, hawser.model_versions, hawser.registered_model_tags,
    hawser.registered_models, hawser.run_tags
    TO hawser_api;
GRANT UPDATE (
    location, key_number, released_at, checked_at, is_damaged
) ON hawser.artifact_blobs TO hawser_api;
GRANT UPDATE (digest, size, updated_at) ON hawser.artifact_files TO hawser_api;
GRANT UPDATE (digest, size, location, key_number) ON hawser.artifact_parts TO hawser_api;
-- For its lock alone.
GRANT UPDATE (part_count) ON hawser.artifact_uploads TO hawser_api;
GRANT UPDATE (bytes) ON hawser.artifact_usage TO hawser_api;
GRANT UPDATE (value) ON
    hawser.experiment_tags, hawser.logged_model_params, hawser.logged_model_tags,
    hawser.model_version_tags, hawser.registered_model_tags, hawser.run_tags
    TO hawser_api;
GRANT UPDATE (name, is_deleted, updated_at) ON hawser.experiments TO hawser_api;
GRANT UPDATE (
    model, target, rules, approvals, updated_at, version
) ON hawser.gates TO hawser_api;
GRANT UPDATE (status, is_deleted, updated_at) ON hawser.logged_models TO hawser_api;
GRANT UPDATE (version) ON hawser.model_aliases TO hawser_api;
GRANT UPDATE (description, stage, updated_at) ON hawser.model_versions TO hawser_api;
GRANT UPDATE (state, verdict, decided_at, revision) ON hawser.promotions TO hawser_api;
GRANT UPDATE (
    name, description, last_version, updated_at
) ON hawser.registered_models TO hawser_api;
GRANT UPDATE (context, tags) ON hawser.run_datasets TO hawser_api;
GRANT UPDATE (logged_at, step, value) ON hawser.run_latest_metrics TO hawser_api;
GRANT UPDATE (name, status, ended_at, is_deleted) ON hawser.runs TO hawser_api;
GRANT USAGE ON SEQUENCE
    hawser.promotion_numbers, hawser.registered_model_numbers
    TO hawser_api;

-- Upkeep of what is stored. Of experiments and models it knows nothing.
GRANT SELECT ON
    hawser.artifact_blobs, hawser.artifact_files, hawser.artifact_garbage,
    hawser.artifact_parts, hawser.artifact_uploads, hawser.artifact_usage,
    hawser.model_version_files
    TO hawser_scheduler;
GRANT INSERT ON hawser.artifact_garbage, hawser.artifact_usage TO hawser_scheduler;
GRANT DELETE ON
    hawser.artifact_blobs, hawser.artifact_garbage, hawser.artifact_parts,
    hawser.artifact_uploads
    TO hawser_scheduler;
GRANT UPDATE (released_at, checked_at, is_damaged) ON hawser.artifact_blobs TO hawser_scheduler;
GRANT UPDATE (bytes) ON hawser.artifact_usage TO hawser_scheduler;

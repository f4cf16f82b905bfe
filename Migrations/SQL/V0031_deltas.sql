-- Deltas for ships: trees of files that are kept while a deployment or a ship needs them, and what tells
-- one to who holds another. Locks nothing that exists but artifact_blobs, for the moment in which foreign
-- keys are made.

CREATE TABLE hawser.artifact_trees (
    tenant_id bigint NOT NULL,
    -- SHA-256 of its canonical form.
    tree bytea NOT NULL,
    size bigint NOT NULL,
    -- When a deployment or a ship was last seen to need it.
    needed_at timestamptz NOT NULL,
    CONSTRAINT artifact_trees_pkey PRIMARY KEY (tenant_id, tree),
    CONSTRAINT artifact_trees_tenant_fkey
        FOREIGN KEY (tenant_id) REFERENCES hawser.tenants (tenant_id),
    CONSTRAINT artifact_trees_tree_is_sha256 CHECK (octet_length(tree) = 32)
);

CREATE TABLE hawser.artifact_tree_files (
    tenant_id bigint NOT NULL,
    tree bytea NOT NULL,
    path text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    CONSTRAINT artifact_tree_files_pkey PRIMARY KEY (tenant_id, tree, path),
    CONSTRAINT artifact_tree_files_tree_fkey
        FOREIGN KEY (tenant_id, tree) REFERENCES hawser.artifact_trees (tenant_id, tree),
    CONSTRAINT artifact_tree_files_blob_fkey
        FOREIGN KEY (tenant_id, digest) REFERENCES hawser.artifact_blobs (tenant_id, digest)
);
CREATE INDEX artifact_tree_files_digest_index
    ON hawser.artifact_tree_files (tenant_id, digest);

CREATE TABLE hawser.deltas (
    tenant_id bigint NOT NULL,
    target bytea NOT NULL,
    -- The tree without files for a delta that tells all.
    base bytea NOT NULL,
    state text NOT NULL,
    -- Why it failed, for people.
    reason text NOT NULL,
    -- Counts the beginnings: who finishes an earlier one comes too late.
    turn bigint NOT NULL,
    -- Beginnings that ended with their process.
    crashes integer NOT NULL,
    queued_at timestamptz NOT NULL,
    -- Of a ready one: SHA-256 and size of the delta, and the way that cost most.
    digest bytea,
    bytes bigint,
    method text,
    built_at timestamptz,
    CONSTRAINT deltas_pkey PRIMARY KEY (tenant_id, target, base),
    CONSTRAINT deltas_target_fkey
        FOREIGN KEY (tenant_id, target) REFERENCES hawser.artifact_trees (tenant_id, tree),
    CONSTRAINT deltas_base_fkey
        FOREIGN KEY (tenant_id, base) REFERENCES hawser.artifact_trees (tenant_id, tree),
    CONSTRAINT deltas_blob_fkey
        FOREIGN KEY (tenant_id, digest) REFERENCES hawser.artifact_blobs (tenant_id, digest),
    CONSTRAINT deltas_state_is_known CHECK (state IN ('queued', 'building', 'ready', 'failed')),
    CONSTRAINT deltas_ready_is_there
        CHECK ((state = 'ready') = (digest IS NOT NULL AND bytes IS NOT NULL))
)
WITH (fillfactor = 70);
CREATE INDEX deltas_queue_index ON hawser.deltas (tenant_id, queued_at)
    WHERE state IN ('queued', 'building');
CREATE INDEX deltas_base_index ON hawser.deltas (tenant_id, base);
CREATE INDEX deltas_digest_index ON hawser.deltas (tenant_id, digest) WHERE digest IS NOT NULL;

SELECT hawser.protect('hawser.artifact_trees');
SELECT hawser.protect('hawser.artifact_tree_files');
SELECT hawser.protect('hawser.deltas');

CREATE TRIGGER artifact_tree_files_deleted AFTER DELETE ON hawser.artifact_tree_files
    REFERENCING OLD TABLE AS released
    FOR EACH STATEMENT EXECUTE FUNCTION hawser.release_artifact_blobs();
CREATE TRIGGER deltas_deleted AFTER DELETE ON hawser.deltas
    REFERENCING OLD TABLE AS released
    FOR EACH STATEMENT EXECUTE FUNCTION hawser.release_artifact_blobs();

-- Commands at the terminal.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    hawser.artifact_trees, hawser.artifact_tree_files, hawser.deltas
    TO hawser_server;

-- The scheduler makes them, and stores what it made.
GRANT SELECT, INSERT, DELETE ON
    hawser.artifact_trees, hawser.artifact_tree_files, hawser.deltas
    TO hawser_scheduler;
GRANT UPDATE (needed_at) ON hawser.artifact_trees TO hawser_scheduler;
GRANT UPDATE (
    state, reason, turn, crashes, queued_at, digest, bytes, method, built_at
) ON hawser.deltas TO hawser_scheduler;
GRANT INSERT, UPDATE (location, key_number) ON hawser.artifact_blobs TO hawser_scheduler;

-- For a tenant's export.
GRANT SELECT ON
    hawser.artifact_trees, hawser.artifact_tree_files, hawser.deltas
    TO hawser_api;

-- The ships' door reads them.
GRANT SELECT ON hawser.deltas, hawser.artifact_blobs TO hawser_ingress;

import CorePostgres

enum DeltaQueries {
    static let versionFiles = Statement(
        "files_of_delivered_version",
        """
        SELECT path, digest, size FROM hawser.model_version_files
        WHERE tenant_id = $1::bigint AND registered_model_id = $2::bigint AND version = $3::bigint
        """
    )

    static let enterTree = Statement(
        "enter_artifact_tree",
        """
        INSERT INTO hawser.artifact_trees (tenant_id, tree, size, needed_at)
        VALUES ($1::bigint, $2::bytea, $3::bigint, $4::timestamptz)
        ON CONFLICT (tenant_id, tree) DO UPDATE SET
            needed_at = greatest(artifact_trees.needed_at, excluded.needed_at)
        """
    )

    static let takeFiles = Statement(
        "take_artifact_tree_files",
        """
        INSERT INTO hawser.artifact_tree_files (tenant_id, tree, path, digest, size)
        SELECT $1::bigint, $2::bytea, path, digest, size FROM hawser.model_version_files
        WHERE tenant_id = $1::bigint AND registered_model_id = $3::bigint AND version = $4::bigint
        ON CONFLICT DO NOTHING
        """
    )

    /// From bases that are kept; what failed or was damaged is queued again.
    static let prepare = Statement(
        "prepare_deltas",
        """
        INSERT INTO hawser.deltas
            (tenant_id, target, base, state, reason, turn, crashes, queued_at)
        SELECT $1::bigint, $2::bytea, t.tree, 'queued', '', 0, 0, $4::timestamptz
        FROM hawser.artifact_trees AS t
        WHERE t.tenant_id = $1::bigint
            AND t.tree IN (SELECT decode(wanted, 'hex') FROM unnest($3::text[]) AS wanted)
        ON CONFLICT (tenant_id, target, base) DO UPDATE SET
            state = 'queued', reason = '', crashes = 0, queued_at = excluded.queued_at,
            digest = NULL, bytes = NULL
        WHERE deltas.state = 'failed' AND ($5::boolean OR deltas.queued_at < $6::timestamptz)
            OR EXISTS (
            SELECT FROM hawser.artifact_blobs AS b
            WHERE b.tenant_id = deltas.tenant_id AND b.digest = deltas.digest AND b.is_damaged
        )
        """
    )

    /// A deployment's, by what it brings.
    static let deployedVersion = Statement(
        "version_of_deployed_tree",
        """
        SELECT registered_model_id, model_version FROM hawser.deployments
        WHERE tenant_id = $1::bigint AND tree_digest = $2::bytea
        ORDER BY deployment_id DESC
        LIMIT 1
        """
    )

    static let findTree = Statement(
        "find_artifact_tree",
        """
        SELECT tree FROM hawser.artifact_trees WHERE tenant_id = $1::bigint AND tree = $2::bytea
        """
    )

    static let progress = Statement(
        "progress_of_deltas",
        """
        SELECT base, state, bytes, reason FROM hawser.deltas
        WHERE tenant_id = $1::bigint AND target = $2::bytea
        ORDER BY base
        """
    )

    static let ready = Statement(
        "ready_deltas",
        """
        SELECT base, digest, bytes FROM hawser.deltas
        WHERE tenant_id = $1::bigint AND target = $2::bytea AND state = 'ready'
        ORDER BY bytes, base
        """
    )

    static let isWanted = Statement(
        "deltas_are_wanted",
        """
        SELECT EXISTS (
            SELECT FROM hawser.deltas
            WHERE tenant_id = $1::bigint AND state IN ('queued', 'building')
        ) AS is_wanted
        """
    )

    /// Whoever began them has ended: there is one builder at a time.
    static let requeue = Statement(
        "requeue_deltas",
        """
        UPDATE hawser.deltas SET
            crashes = crashes + 1,
            state = CASE WHEN crashes + 1 < $2::integer THEN 'queued' ELSE 'failed' END,
            reason = CASE WHEN crashes + 1 < $2::integer THEN '' ELSE $3::text END
        WHERE tenant_id = $1::bigint AND state = 'building'
        """
    )

    static let begin = Statement(
        "begin_delta",
        """
        UPDATE hawser.deltas SET state = 'building', turn = turn + 1
        WHERE (tenant_id, target, base) IN (
            SELECT tenant_id, target, base FROM hawser.deltas
            WHERE tenant_id = $1::bigint AND state = 'queued'
            ORDER BY queued_at, target, base
            LIMIT 1
            FOR UPDATE
        )
        RETURNING target, base, turn
        """
    )

    static let finish = Statement(
        "finish_delta",
        """
        UPDATE hawser.deltas SET
            state = 'ready', digest = $5::bytea, bytes = $6::bigint, method = $7::text,
            reason = '', built_at = $8::timestamptz
        WHERE tenant_id = $1::bigint AND target = $2::bytea AND base = $3::bytea
            AND turn = $4::bigint AND state = 'building'
        """
    )

    static let fail = Statement(
        "fail_delta",
        """
        UPDATE hawser.deltas SET state = $5::text, reason = $6::text
        WHERE tenant_id = $1::bigint AND target = $2::bytea AND base = $3::bytea
            AND turn = $4::bigint AND state = 'building'
        """
    )

    static let treeFiles = Statement(
        "artifact_tree_files",
        """
        SELECT path, digest, size FROM hawser.artifact_tree_files
        WHERE tenant_id = $1::bigint AND tree = $2::bytea
        """
    )

    /// Those that a deployment brings or has brought, or that a ship holds.
    static let markNeeded = Statement(
        "mark_needed_trees",
        """
        UPDATE hawser.artifact_trees AS t SET needed_at = $2::timestamptz
        WHERE t.tenant_id = $1::bigint AND (
            EXISTS (
                SELECT FROM hawser.deployments AS d
                WHERE d.tenant_id = $1::bigint AND d.tree_digest = t.tree
                    AND d.state NOT IN ('approval_denied', 'stopped', 'finished')
            ) OR EXISTS (
                SELECT FROM hawser.ship_holdings AS h
                WHERE h.tenant_id = $1::bigint AND h.digest = t.tree
            ) OR EXISTS (
                SELECT FROM hawser.deltas AS x
                WHERE x.tenant_id = $1::bigint AND x.state IN ('queued', 'building')
                    AND t.tree IN (x.target, x.base)
            )
        )
        """
    )

    /// Locked, so that whoever takes one again meanwhile waits and enters it anew.
    static let unneeded = Statement(
        "unneeded_trees",
        """
        SELECT encode(tree, 'hex') AS tree FROM hawser.artifact_trees
        WHERE tenant_id = $1::bigint AND needed_at < $2::timestamptz
        ORDER BY tree
        LIMIT 500
        FOR UPDATE
        """
    )

    static let dropDeltas = Statement(
        "drop_deltas_of_trees",
        """
        DELETE FROM hawser.deltas AS x USING unnest($2::text[]) AS t (tree)
        WHERE x.tenant_id = $1::bigint AND decode(t.tree, 'hex') IN (x.target, x.base)
        """
    )

    static let dropFiles = Statement(
        "drop_files_of_trees",
        """
        DELETE FROM hawser.artifact_tree_files
        WHERE tenant_id = $1::bigint
            AND tree IN (SELECT decode(t.tree, 'hex') FROM unnest($2::text[]) AS t (tree))
        """
    )

    static let dropTrees = Statement(
        "drop_trees",
        """
        DELETE FROM hawser.artifact_trees
        WHERE tenant_id = $1::bigint
            AND tree IN (SELECT decode(t.tree, 'hex') FROM unnest($2::text[]) AS t (tree))
        """
    )

    /// The making and the upkeep.
    static let upkeep = [
        deployedVersion, findTree, versionFiles, enterTree, takeFiles, prepare, progress, isWanted,
        requeue, begin, finish,
        fail, treeFiles, markNeeded, unneeded, dropDeltas, dropFiles, dropTrees,
    ]
    /// What planning takes down, asks for and reads.
    static let people = [versionFiles, enterTree, takeFiles, prepare, ready]
    /// What the ships' door reads.
    static let ships = [ready]
    static let all = upkeep + ships
}

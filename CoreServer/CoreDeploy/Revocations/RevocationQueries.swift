import CorePostgres

/// Versions that are revoked for a whole tenant.
enum RevocationQueries {
    private static let columns = """
        r.revocation_id, r.model, r.model_version, r.tree_digest, r.severity, r.reason,
        r.revoked_by, r.revoked_at, r.version,
        (
            SELECT count(*) FROM hawser.ship_orders AS o
            WHERE o.tenant_id = r.tenant_id AND o.kind = 'revoke' AND o.deployment_id IS NULL
                AND o.digest = r.tree_digest AND o.severity = r.severity
                AND o.answered_at IS NULL
        ) AS waiting,
        (
            SELECT count(*) FROM hawser.ship_orders AS o
            WHERE o.tenant_id = r.tenant_id AND o.kind = 'revoke' AND o.deployment_id IS NULL
                AND o.digest = r.tree_digest AND o.severity = r.severity
                AND o.answered_at IS NOT NULL
        ) AS told
        """

    static let page = Statement(
        "revocation_page",
        """
        SELECT \(columns) FROM hawser.revocations AS r
        WHERE r.tenant_id = $1::bigint AND r.revocation_id < $2::bigint
        ORDER BY r.revocation_id DESC
        LIMIT $3::bigint
        """
    )

    static let ofTree = Statement(
        "revocation_of_tree",
        """
        SELECT \(columns) FROM hawser.revocations AS r
        WHERE r.tenant_id = $1::bigint AND r.tree_digest = $2::bytea
        """
    )

    /// One that is as hard already stays as it is.
    static let insert = Statement(
        "insert_revocation",
        """
        INSERT INTO hawser.revocations AS r
            (tenant_id, revocation_id, model, model_version, tree_digest, severity, reason,
            revoked_by, revoked_at)
        VALUES (
            $1::bigint, nextval('hawser.revocation_numbers'), $2::text, $3::bigint, $4::bytea,
            $5::integer, $6::text, $7::text, $8::timestamptz
        )
        ON CONFLICT (tenant_id, tree_digest) DO UPDATE
        SET severity = EXCLUDED.severity, reason = EXCLUDED.reason,
            revoked_by = EXCLUDED.revoked_by, revoked_at = EXCLUDED.revoked_at,
            version = r.version + 1
        WHERE r.severity < EXCLUDED.severity
        """
    )

    /// Of a version whose files are not stored any more.
    static let deployedTree = Statement(
        "tree_of_deployed_version",
        """
        SELECT tree_digest FROM hawser.deployments
        WHERE tenant_id = $1::bigint AND model = $2::text AND model_version = $3::bigint
        ORDER BY deployment_id DESC
        LIMIT 1
        """
    )

    /// Deployments that bring it, and are not over.
    static let bringing = Statement(
        "deployments_of_tree",
        """
        SELECT deployment_id FROM hawser.deployments
        WHERE tenant_id = $1::bigint AND tree_digest = $2::bytea
            AND state NOT IN ('stopped', 'finished')
        ORDER BY deployment_id
        """
    )

    /// Every ship that said it holds it, or was given an order for it, is told, first of all.
    static let queue = Statement(
        "queue_tenant_revocation",
        """
        INSERT INTO hawser.ship_orders
            (tenant_id, ship_id, priority, kind, digest, severity, queued_at)
        SELECT $1::bigint, ship_id, 0, 'revoke', $2::bytea, $3::integer, $4::timestamptz
        FROM hawser.ships
        WHERE tenant_id = $1::bigint AND revoked_at IS NULL AND ship_id IN (
            SELECT ship_id FROM hawser.ship_holdings
            WHERE tenant_id = $1::bigint AND digest = $2::bytea AND kind <> 'partial'
            UNION ALL
            SELECT s.ship_id FROM hawser.deployment_ships AS s
            JOIN hawser.deployments AS d USING (tenant_id, deployment_id)
            WHERE d.tenant_id = $1::bigint AND d.tree_digest = $2::bytea
                AND s.activation IS NOT NULL
        )
        """
    )

    /// - Parameter $3: the start of the ships' URIs.
    static let ring = Statement(
        "ring_for_revocation",
        """
        SELECT pg_notify('hawser_orders', $3::text || ship_id)
        FROM hawser.ship_orders
        WHERE tenant_id = $1::bigint AND kind = 'revoke' AND deployment_id IS NULL
            AND digest = $2::bytea AND answered_at IS NULL
        """
    )

    /// A ship that tells of a version which it got otherwise: by a stick, or from a shore that forgot.
    static let queueForHolder = Statement(
        "queue_revocations_for_holder",
        """
        INSERT INTO hawser.ship_orders
            (tenant_id, ship_id, priority, kind, digest, severity, queued_at)
        SELECT $1::bigint, $2::bigint, 0, 'revoke', r.tree_digest, r.severity, $3::timestamptz
        FROM hawser.revocations AS r
        WHERE r.tenant_id = $1::bigint AND EXISTS (
                SELECT FROM hawser.ship_holdings AS h
                WHERE h.tenant_id = $1::bigint AND h.ship_id = $2::bigint
                    AND h.digest = r.tree_digest AND h.kind <> 'partial'
            ) AND NOT EXISTS (
                SELECT FROM hawser.ship_orders AS o
                WHERE o.tenant_id = $1::bigint AND o.ship_id = $2::bigint AND o.kind = 'revoke'
                    AND o.deployment_id IS NULL AND o.digest = r.tree_digest
                    AND o.severity >= r.severity
            )
        """
    )

    static let people = [page, ofTree, insert, deployedTree, bringing, queue, ring]

    static let all = people + [queueForHolder]
}

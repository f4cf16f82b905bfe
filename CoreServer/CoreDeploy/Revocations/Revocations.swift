import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel

/// Stops a version everywhere at once: its deployments ashore, and whatever ships hold of it.
package struct Revocations: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The newest first.
    package func page(
        of tenant: TenantID,
        before: Int64?,
        limit: Int
    ) async throws -> Page<TenantRevocation> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                RevocationQueries.page,
                .int64(tenant.rawValue),
                .int64(before ?? .max),
                .int64(Int64(limit) + 1)
            ).map(TenantRevocation.init)
            return Page(found, limit: limit) { "\($0.id)" }
        }
    }

    /// Nothing of the version is planned or given to ships any more, deployments of it stop, and every ship
    /// that holds it or was given it is told so first of all.
    ///
    /// - Throws: `DomainError` `conflict` where it is revoked as hard already.
    package func revoke(
        _ model: String,
        _ version: Int64,
        severity: Revocation.Severity,
        _ act: Act
    ) async throws -> TenantRevocation {
        try await pool.transaction(tenant: act.tenant) { connection in
            let tree = try Self.tree(model, version, act.tenant, connection)
            let (tenant, digest) = (
                PostgresValue.int64(act.tenant.rawValue), PostgresValue.bytes(tree.bytes)
            )
            let before = try connection.execute(RevocationQueries.ofTree, tenant, digest).first
                .map(TenantRevocation.init)
            let written = try connection.executeCount(
                RevocationQueries.insert,
                values: [
                    tenant, .text(model), .int64(version), digest,
                    .int32(Int32(severity.rawValue)), .text(act.change.reason),
                    .text(act.caller.name), .timestamp(act.now),
                ]
            )
            guard written > 0 else {
                throw DomainError(
                    .conflict,
                    "version \(version) of \(model) is revoked already: \(before?.severity ?? "")"
                )
            }
            // Lines of ships that are given the order in this moment are locked: whoever got it is told.
            try Self.stop(tree, "version \(version) of \(model) was revoked", act, connection)
            try connection.execute(
                RevocationQueries.queue,
                values: [
                    tenant, digest, .int32(Int32(severity.rawValue)), .timestamp(act.now),
                ]
            )
            try connection.execute(
                RevocationQueries.ring,
                tenant,
                digest,
                .text("urn:hawser:tenant:\(act.tenant):ship:")
            )
            let row = try connection.execute(RevocationQueries.ofTree, tenant, digest).first
            guard let row else { throw DomainError(.conflict, "it was not stored; try again") }
            let after = try TenantRevocation(row)
            try act.trail(connection).put(after, inPlaceOf: before)
            return after
        }
    }

    /// Why a tree is not to be brought to anybody; empty where nothing is against it.
    static func reasons(
        against tree: TreeDigest,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [String] {
        try connection.execute(
            RevocationQueries.ofTree,
            .int64(tenant.rawValue),
            .bytes(tree.bytes)
        ).map { row in
            let reason = try row.text("reason")
            return "the version was revoked" + (reason.isEmpty ? "" : ": \(reason)")
        }
    }

    /// A ship that tells of a version which it came by otherwise is told, once.
    static func queue(
        for ship: ShipIdentity,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            RevocationQueries.queueForHolder,
            .int64(ship.tenant.rawValue),
            .int64(ship.ship.rawValue),
            .timestamp(now)
        )
    }

    private static func tree(
        _ model: String,
        _ version: Int64,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> TreeDigest {
        do {
            return try DeployedVersion.find(model, version, of: tenant, connection).digest
        } catch let error as DomainError {
            // Ships may hold what the registry has deleted.
            let row = try connection.execute(
                RevocationQueries.deployedTree,
                .int64(tenant.rawValue),
                .text(model),
                .int64(version)
            ).first
            guard let tree = try row.flatMap({ TreeDigest(try $0.bytes("tree_digest")) }) else {
                throw error
            }
            return tree
        }
    }

    private static func stop(
        _ tree: TreeDigest,
        _ reason: String,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        let journal = DeploymentJournal(
            tenant: act.tenant,
            actor: act.change.actor,
            now: act.now,
            connection: connection
        )
        for row in try connection.execute(
            RevocationQueries.bringing,
            .int64(act.tenant.rawValue),
            .bytes(tree.bytes)
        ) {
            let deployment = try Deployments.find(
                row.int64("deployment_id"),
                of: act.tenant,
                isLocked: true,
                connection
            )
            guard ![.stopped, .finished].contains(deployment.state) else { continue }
            try Deployments.callOff(deployment, journal)
            // Orders of its own that wait still go out: they say no less.
            let state: DeploymentState = deployment.state == .stopping ? .stopping : .stopped
            _ = try journal.move(deployment, to: state, because: reason)
        }
    }
}

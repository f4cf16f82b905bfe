import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FleetProtocol

/// What deployments need of deltas.
extension Deltas: ArtifactSupply {
    /// Sees that what a deployment needs is taken down and made, and says whether ships can be given it: the
    /// whole tree is there, and no other delta is on its way. One that failed is no reason to wait: its ships
    /// fetch the whole.
    package func isPrepared(
        _ target: TreeDigest,
        from bases: [TreeDigest],
        of tenant: TenantID,
        at now: Timestamp
    ) async throws -> Bool {
        try await pool.transaction(tenant: tenant) { connection in
            guard try Self.isKept(target, of: tenant, at: now, connection) else { return false }
            try Self.prepare(target, from: Set(bases), of: tenant, at: now, connection)
            let progress = try Self.progress(target, of: tenant, connection)
            return progress.contains { $0.base == nil && $0.state == .ready }
                && progress.allSatisfy { $0.state == .ready || $0.state == .failed }
        }
    }

    /// Takes a tree down that a deployment brings, if nobody has.
    ///
    /// - Throws: `DomainError` `unprocessable` where it is gone for good.
    private static func isKept(
        _ tree: TreeDigest,
        of tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> Bool {
        let key: [PostgresValue] = [.int64(tenant.rawValue), .bytes(tree.bytes)]
        if try !connection.execute(DeltaQueries.findTree, values: key).isEmpty { return true }
        guard
            let row = try connection.execute(DeltaQueries.deployedVersion, values: key).first
        else {
            throw DomainError(.unprocessable, "nothing tells which version has the tree \(tree)")
        }
        let taken = try take(
            model: try row.int64("registered_model_id"),
            version: try row.int64("model_version"),
            of: tenant,
            at: now,
            connection
        )
        guard taken.digest == tree else {
            throw DomainError(
                .unprocessable,
                "the version's files are no longer those that were planned: plan it anew"
            )
        }
        return true
    }

    /// The smallest first.
    package func offers(
        of tree: TreeDigest,
        holding bases: [TreeDigest],
        for tenant: TenantID
    ) async throws -> [ArtifactOffer] {
        try await ready(tree, of: tenant).compactMap { delta in
            if let base = delta.base, !bases.contains(base) { return nil }
            return ArtifactOffer(
                content: delta.digest,
                size: UInt64(delta.bytes),
                tree: tree.bytes,
                bases: delta.base.map { [$0.bytes] } ?? []
            )
        }
    }

    package func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for tenant: TenantID
    ) async throws -> [UInt8] {
        try await read(content, from: Int64(clamping: offset), count: count, of: tenant)
    }
}

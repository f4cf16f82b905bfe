import CoreDomain
import CorePostgres
import CoreRegistry
import FleetDelta
import FleetDeploy
import FleetModel

/// What is sent to ships: deltas between versions' trees, made once for all ships that hold the same.
package struct Deltas: Sendable {
    let pool: PostgresPool
    private let shelf: DeltaShelf

    /// - Parameter artifacts: of the same part of the server as the pool.
    package init(pool: PostgresPool, artifacts: Artifacts) {
        self.pool = pool
        shelf = DeltaShelf(artifacts)
    }

    // MARK: To be made

    /// Takes a version's files down as a tree that is kept for as long as a deployment or a ship needs it,
    /// whatever becomes of the version.
    ///
    /// - Throws: `DomainError` `unprocessable` for a version that can't go aboard.
    package static func take(
        model: Int64,
        version: Int64,
        of tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> VersionTree {
        let rows = try connection.execute(
            DeltaQueries.versionFiles,
            .int64(tenant.rawValue),
            .int64(model),
            .int64(version)
        )
        guard !rows.isEmpty else {
            throw DomainError(.unprocessable, "the version has no files that are in this store")
        }
        do {
            let tree = try VersionTree(rows)
            try tree.requireSize()
            try enter(tree, of: tenant, at: now, connection)
            try connection.execute(
                DeltaQueries.takeFiles,
                .int64(tenant.rawValue),
                .bytes(tree.digest.bytes),
                .int64(model),
                .int64(version)
            )
            return tree
        } catch let error as DeltaError {
            throw DomainError(.unprocessable, "the version can't be brought aboard: \(error)")
        }
    }

    private static func enter(
        _ tree: VersionTree,
        of tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            DeltaQueries.enterTree,
            .int64(tenant.rawValue),
            .bytes(tree.digest.bytes),
            .int64(tree.bytes),
            .timestamp(now)
        )
    }

    /// Asks for the deltas to a tree that was taken: from nothing, and from each of the bases that the store
    /// still has. What is there or on its way stays as it is; what failed is tried again after a while.
    ///
    /// - Parameter isRetry: what failed is tried again at once.
    package static func prepare(
        _ target: TreeDigest,
        from bases: Set<TreeDigest>,
        of tenant: TenantID,
        isRetry: Bool = false,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        let nothing = try VersionTree.nothing()
        try enter(nothing, of: tenant, at: now, connection)
        let wanted = bases.subtracting([target, nothing.digest])
            .sorted { $0.description < $1.description }.prefix(DeltaBuildLimits.bases - 1)
        try connection.execute(
            DeltaQueries.prepare,
            .int64(tenant.rawValue),
            .bytes(target.bytes),
            .textArray(([nothing.digest] + wanted).map(\.description)),
            .timestamp(now),
            .bool(isRetry),
            .timestamp(now - DeltaBuildLimits.retryAfter)
        )
    }

    /// How far the deltas to a tree have come.
    package static func progress(
        _ target: TreeDigest,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [DeltaProgress] {
        let nothing = try VersionTree.nothing().digest
        return try connection.execute(
            DeltaQueries.progress,
            .int64(tenant.rawValue),
            .bytes(target.bytes)
        ).map { row in
            let base = TreeDigest(try row.bytes("base"))
            return DeltaProgress(
                base: base == nothing ? nil : base,
                state: DeltaState(rawValue: try row.text("state")) ?? .failed,
                bytes: try row.optionalInt64("bytes"),
                reason: try row.text("reason")
            )
        }
    }

    // MARK: Made

    /// What ships can fetch to get a tree, the smallest first.
    package static func ready(
        _ target: TreeDigest,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [DeltaOffer] {
        let nothing = try VersionTree.nothing().digest
        return try connection.execute(
            DeltaQueries.ready,
            .int64(tenant.rawValue),
            .bytes(target.bytes)
        ).map { row in
            let base = TreeDigest(try row.bytes("base"))
            return DeltaOffer(
                base: base == nothing ? nil : base,
                target: target,
                digest: try row.bytes("digest"),
                bytes: try row.int64("bytes")
            )
        }
    }

    package func ready(_ target: TreeDigest, of tenant: TenantID) async throws -> [DeltaOffer] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.ready(target, of: tenant, connection)
        }
    }

    /// A piece of a delta, shorter at its end; in the memory of a piece.
    ///
    /// - Throws: `RegistryError` `missing` for what is no delta any more, `conflict` for a damaged one.
    package func read(
        _ digest: [UInt8],
        from offset: Int64,
        count: Int,
        of tenant: TenantID
    ) async throws -> [UInt8] {
        try await shelf.read(
            digest,
            from: offset,
            count: min(count, DeltaBuildLimits.pieceBytes),
            of: tenant
        )
    }
}

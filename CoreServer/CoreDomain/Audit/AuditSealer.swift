import CoreAudit
import CorePostgres
import FleetModel
import FleetRuntime
import Logging

/// Seals what was added to each tenant's audit, a minute at the latest after it was.
package struct AuditSealer: Sendable {
    /// Between two seals of one tenant.
    private static let interval = Duration.seconds(60)
    /// Entries under one seal: the tighter, the closer a fault is found.
    private static let longest: Int32 = 10_000
    private static let longestBytes: Int64 = 64 << 20

    private let pool: PostgresPool
    private let keys: ServerKeys
    private let clock: WallClock

    package init(pool: PostgresPool, keys: ServerKeys, clock: WallClock) {
        self.pool = pool
        self.keys = keys
        self.clock = clock
    }

    /// One round over all tenants, the installation's own included.
    package func run(tenants: Tenants, jobs: Jobs, runner: JobRunner) async throws {
        for tenant in [.system] + (try await tenants.directory()) {
            try await jobs.ensure(
                [Job(tenant: tenant, kind: .auditSeal, subject: 0)],
                of: tenant,
                at: clock.now()
            )
            try await runner.runDue(of: tenant, kinds: [.auditSeal]) { job in
                while try await seal(job.tenant) != nil {}
                return Self.interval
            }
        }
    }

    /// Seals what no seal reaches yet, or the oldest part of it.
    ///
    /// - Returns: the seal; `nil` where there is nothing new.
    /// - Throws: `AuditFault` where an entry is not what its writer wrote: that is not sealed.
    @discardableResult
    package func seal(_ tenant: TenantID) async throws -> StoredSeal? {
        let (keys, now) = (keys, clock.now())
        return try await pool.transaction(tenant: tenant, isolation: .repeatableRead) {
            connection in
            let before = try Self.newest(of: tenant, connection)
            let rows = try connection.execute(
                AuditQueries.following,
                .int64(tenant.rawValue),
                .int64(before?.seal.last ?? 0),
                .int32(Self.longest),
                .int64(Self.longestBytes)
            )
            guard !rows.isEmpty else { return nil }
            var (tree, sequence) = (MerkleTree(), before?.seal.last ?? 0)
            var previous: AuditHash?
            for row in rows {
                let entry = try AuditEntry(row, of: tenant)
                let hash = AuditHash(bytes: try row.bytes("hash"))
                guard entry.sequence == sequence + 1, let hash, entry.hash == hash.bytes,
                    previous.map({ $0.bytes == entry.previous }) ?? true
                else {
                    throw AuditFault(
                        entry: sequence + 1,
                        "it is missing or was altered before it was sealed"
                    )
                }
                sequence = entry.sequence
                previous = hash
                tree.append(leaf: MerkleTree.leaf(hash))
            }
            let seal = AuditSeal(
                tenant: tenant,
                number: (before?.seal.number ?? 0) + 1,
                first: (before?.seal.last ?? 0) + 1,
                last: sequence,
                signedAt: now,
                root: tree.root ?? .zero,
                previous: before?.hash ?? .zero,
                key: keys.publicKey
            )
            return try Self.store(seal, keys, connection)
        }
    }

    static func newest(
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> StoredSeal? {
        try connection.execute(AuditSealQueries.newest, .int64(tenant.rawValue)).first
            .map { try StoredSeal($0, of: tenant) }
    }

    private static func store(
        _ seal: AuditSeal,
        _ keys: ServerKeys,
        _ connection: PostgresConnection
    ) throws -> StoredSeal {
        let signed = try keys.sign(seal)
        _ = try connection.execute(
            AuditSealQueries.insert,
            values: [
                .int64(seal.tenant.rawValue), .int64(seal.number), .int64(seal.first),
                .int64(seal.last), .timestamp(seal.signedAt), .bytes(seal.root.bytes),
                .bytes(seal.previous.bytes), .bytes(seal.key.bytes), .bytes(signed.hash.bytes),
                .bytes(signed.signature),
            ]
        )
        return signed
    }
}

import CoreAudit
import CorePostgres
import FleetModel
import FleetRuntime

/// Reads a tenant's audit.
package struct AuditLog: Sendable {
    package static let longestPage = 1000

    /// An entry with its hash as it is stored.
    package struct Item: Sendable {
        package let entry: AuditEntry
        package let hash: AuditHash?
    }

    let pool: PostgresPool
    private let keys: ServerKeys
    private let clock: WallClock

    package init(pool: PostgresPool, keys: ServerKeys, clock: WallClock) {
        self.pool = pool
        self.keys = keys
        self.clock = clock
    }

    /// Entries, the newest first.
    ///
    /// - Parameter before: the last entry of the page before.
    package func page(
        of tenant: TenantID,
        _ filter: AuditFilter,
        before: Int64? = nil,
        limit: Int
    ) async throws -> [Item] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(
                AuditQueries.page,
                values: [
                    .int64(tenant.rawValue), .int64(before ?? .max), .text(filter.actor),
                    .text(filter.action), .text(filter.target), .timestamp(filter.from),
                    .timestamp(filter.to), .int32(Int32(clamping: limit)),
                ]
            ).map { row in
                Item(
                    entry: try AuditEntry(row, of: tenant),
                    hash: AuditHash(bytes: try row.bytes("hash"))
                )
            }
        }
    }

    /// Seals, the newest first.
    package func seals(
        of tenant: TenantID,
        before: Int64? = nil,
        limit: Int
    ) async throws -> [StoredSeal] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(
                AuditSealQueries.page,
                .int64(tenant.rawValue),
                .int64(before ?? .max),
                .int32(Int32(clamping: limit))
            ).map { try StoredSeal($0, of: tenant) }
        }
    }

    /// All of it, for verification elsewhere, part by part.
    package func export(of tenant: TenantID, name: String) -> AuditExport {
        AuditExport(pool: pool, tenant: tenant, name: name, keys: keys.publicKeys, at: clock.now())
    }
}

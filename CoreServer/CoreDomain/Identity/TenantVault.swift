import CorePostgres
import Crypto
import FleetModel

/// Tenants' data keys: stored sealed under the server's key, and opened for the moment of their use.
///
/// Whoever deletes a tenant's keys has made all unreadable that is sealed under them, in backups too
/// that have no copy of the keys.
package struct TenantVault: Sendable {
    /// As people see it.
    package struct Key: Sendable, Hashable {
        package let number: Int64
        package let createdAt: Timestamp
        package let retiredAt: Timestamp?
    }

    private let pool: PostgresPool
    private let keys: ServerKeys

    package init(pool: PostgresPool, keys: ServerKeys) {
        self.pool = pool
        self.keys = keys
    }

    // MARK: In a transaction of the tenant

    /// The key that new secrets are sealed under; made if there is none.
    ///
    /// - Throws: `DomainError` `notFound` where the tenant is gone or going.
    package func newest(
        of tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> TenantDataKey {
        let row = try connection.execute(TenantKeyQueries.newest, .int64(tenant.rawValue)).first
        if let row { return try key(row, of: tenant) }
        return try add(to: tenant, at: now, connection)
    }

    /// The key with the number that stands beside a secret.
    package func key(
        _ number: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> TenantDataKey {
        let row = try connection.execute(
            TenantKeyQueries.byNumber,
            .int64(tenant.rawValue),
            .int64(number)
        ).first
        guard let row else {
            throw DomainError(
                .gone,
                "the key of this secret was deleted: it can't be read any more"
            )
        }
        return try key(row, of: tenant)
    }

    /// Draws a key, which takes the place of all before it.
    private func add(
        to tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> TenantDataKey {
        let row = try connection.execute(TenantKeyQueries.lock, .int64(tenant.rawValue)).first
        guard let row else { throw DomainError(.notFound, "the tenant does not exist") }
        let number = try row.int64("key_number") + 1
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        try connection.execute(
            TenantKeyQueries.retire,
            .int64(tenant.rawValue),
            .timestamp(now)
        )
        try connection.execute(
            TenantKeyQueries.insert,
            .int64(tenant.rawValue),
            .int64(number),
            .bytes(try keys.seal(bytes, context: Self.context(tenant, number))),
            .bytes(keys.sealingKeyID),
            .timestamp(now)
        )
        return TenantDataKey(tenant: tenant, number: number, bytes: bytes)
    }

    private func key(_ row: PostgresRow, of tenant: TenantID) throws -> TenantDataKey {
        let number = try row.int64("key_number")
        return TenantDataKey(
            tenant: tenant,
            number: number,
            bytes: try keys.open(row.bytes("sealed_key"), context: Self.context(tenant, number))
        )
    }

    private static func context(_ tenant: TenantID, _ number: Int64) -> String {
        "tenant-key:\(tenant):\(number)"
    }

    // MARK: By themselves

    /// The newest first.
    package func list(of tenant: TenantID) async throws -> [Key] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(TenantKeyQueries.list, .int64(tenant.rawValue)).map { row in
                Key(
                    number: try row.int64("key_number"),
                    createdAt: try row.timestamp("created_at"),
                    retiredAt: try row.optionalTimestamp("retired_at")
                )
            }
        }
    }

    /// From now on secrets are sealed under a new key. Those of before are opened with theirs, until
    /// the upkeep has sealed them anew.
    package func rotate(
        _ tenant: TenantID,
        at now: Timestamp,
        for change: Change
    ) async throws -> Key {
        try await pool.transaction(tenant: tenant) { connection in
            let key = try add(to: tenant, at: now, connection)
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                .note("key.rotate", "key/\(key.number)")
            return Key(number: key.number, createdAt: now, retiredAt: nil)
        }
    }

    /// Seals data keys under the server's newest key that are under an older one.
    ///
    /// - Returns: how many.
    @discardableResult
    package func rewrap(_ tenant: TenantID) async throws -> Int {
        try await pool.transaction(tenant: tenant) { connection in
            let rows = try connection.execute(
                TenantKeyQueries.wrappedByOthers,
                .int64(tenant.rawValue),
                .bytes(keys.sealingKeyID)
            )
            for row in rows {
                let number = try row.int64("key_number")
                let context = Self.context(tenant, number)
                let bytes = try keys.open(row.bytes("sealed_key"), context: context)
                try connection.execute(
                    TenantKeyQueries.rewrap,
                    .int64(tenant.rawValue),
                    .int64(number),
                    .bytes(try keys.seal(bytes, context: context)),
                    .bytes(keys.sealingKeyID)
                )
            }
            return rows.count
        }
    }
}

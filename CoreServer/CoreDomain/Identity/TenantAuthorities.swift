import CorePostgres
import FleetIdentity
import FleetModel
import Synchronization

/// Each tenant's certificate authority: made with the tenant, sealed in the database, opened here.
package final class TenantAuthorities: Sendable {
    /// A new authority whose key is not sealed yet.
    struct Made: Sendable {
        let certificate: [UInt8]
        let key: [UInt8]
    }

    private let pool: PostgresPool
    private let keys: ServerKeys
    private let vault: TenantVault
    /// An authority never changes, so what was read once stays right.
    private let known = Mutex<[TenantID: CertificateAuthority]>([:])

    package init(pool: PostgresPool, keys: ServerKeys) {
        self.pool = pool
        self.keys = keys
        vault = TenantVault(pool: pool, keys: keys)
    }

    func make(name: String, at now: Timestamp) throws -> Made {
        let authority = try CertificateAuthority(commonName: "Hawser tenant \(name)", at: now)
        return Made(
            certificate: authority.certificate.der,
            key: Array(authority.key.pem.utf8)
        )
    }

    /// Stores it under the tenant's first data key.
    func store(
        _ made: Made,
        for tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        let key = try vault.newest(of: tenant, at: now, connection)
        _ = try connection.execute(
            AuthorityQueries.insert,
            .int64(tenant.rawValue),
            .bytes(made.certificate),
            .bytes(try key.seal(made.key, for: Self.purpose)),
            .timestamp(now),
            .int64(key.number)
        )
    }

    /// Brings it under the tenant's newest data key.
    package func reseal(_ tenant: TenantID, at now: Timestamp) async throws {
        try await pool.transaction(tenant: tenant) { [self] connection in
            let row = try connection.execute(AuthorityQueries.lock, .int64(tenant.rawValue)).first
            guard let row else { return }
            let newest = try vault.newest(of: tenant, at: now, connection)
            let number = try row.optionalInt64("key_number")
            guard number != newest.number else { return }
            let secret = try open(row.bytes("sealed_key"), number, of: tenant, connection)
            _ = try connection.execute(
                AuthorityQueries.reseal,
                .int64(tenant.rawValue),
                .bytes(try newest.seal(secret, for: Self.purpose)),
                .int64(newest.number)
            )
        }
    }

    /// - Parameter number: of the data key; `nil` is the server's own, as before there were any.
    private func open(
        _ sealed: [UInt8],
        _ number: Int64?,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [UInt8] {
        guard let number else { return try keys.open(sealed, context: Self.context(tenant)) }
        return try vault.key(number, of: tenant, connection).open(sealed, for: Self.purpose)
    }

    /// It is being deleted.
    func forget(_ tenant: TenantID) {
        known.withLock { $0[tenant] = nil }
    }

    /// - Throws: `DomainError` `notFound` for a tenant that does not exist.
    package func authority(of tenant: TenantID) async throws -> CertificateAuthority {
        if let authority = known.withLock({ $0[tenant] }) { return authority }
        let made = try await pool.transaction(tenant: tenant, readOnly: true) { [self] connection in
            try connection.execute(AuthorityQueries.find, .int64(tenant.rawValue)).first.map {
                row in
                Made(
                    certificate: try row.bytes("certificate"),
                    key: try open(
                        row.bytes("sealed_key"),
                        row.optionalInt64("key_number"),
                        of: tenant,
                        connection
                    )
                )
            }
        }
        guard let made else { throw DomainError(.notFound, "the tenant does not exist") }
        let authority = CertificateAuthority(
            certificate: try IssuedCertificate(der: made.certificate),
            key: try PrivateKey(pem: String(decoding: made.key, as: UTF8.self))
        )
        known.withLock { $0[tenant] = authority }
        return authority
    }

    private static let purpose = "tenant-authority"

    /// Of what the server's own key has sealed.
    private static func context(_ tenant: TenantID) -> String { "tenant-authority:\(tenant)" }
}

import CorePostgres
import FleetIdentity
import FleetModel
import Synchronization

/// Each tenant's certificate authority: made with the tenant, sealed in the database, opened here.
package final class TenantAuthorities: Sendable {
    /// A new authority in the form that is stored.
    struct Sealed: Sendable {
        let certificate: [UInt8]
        let key: [UInt8]
    }

    private let pool: PostgresPool
    private let keys: ServerKeys
    /// An authority never changes, so what was read once stays right.
    private let known = Mutex<[TenantID: CertificateAuthority]>([:])

    package init(pool: PostgresPool, keys: ServerKeys) {
        self.pool = pool
        self.keys = keys
    }

    func make(for tenant: TenantID, name: String, at now: Timestamp) throws -> Sealed {
        let authority = try CertificateAuthority(commonName: "Hawser tenant \(name)", at: now)
        return Sealed(
            certificate: authority.certificate.der,
            key: try keys.seal(Array(authority.key.pem.utf8), context: Self.context(tenant))
        )
    }

    static func store(
        _ sealed: Sealed,
        for tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        _ = try connection.execute(
            AuthorityQueries.insert,
            .int64(tenant.rawValue),
            .bytes(sealed.certificate),
            .bytes(sealed.key),
            .timestamp(now)
        )
    }

    /// - Throws: `DomainError` `notFound` for a tenant that does not exist.
    package func authority(of tenant: TenantID) async throws -> CertificateAuthority {
        if let authority = known.withLock({ $0[tenant] }) { return authority }
        let row = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(AuthorityQueries.find, .int64(tenant.rawValue)).first.map {
                Sealed(certificate: try $0.bytes("certificate"), key: try $0.bytes("sealed_key"))
            }
        }
        guard let row else { throw DomainError(.notFound, "the tenant does not exist") }
        let pem = try keys.open(row.key, context: Self.context(tenant))
        let authority = CertificateAuthority(
            certificate: try IssuedCertificate(der: row.certificate),
            key: try PrivateKey(pem: String(decoding: pem, as: UTF8.self))
        )
        known.withLock { $0[tenant] = authority }
        return authority
    }

    private static func context(_ tenant: TenantID) -> String { "tenant-authority:\(tenant)" }
}

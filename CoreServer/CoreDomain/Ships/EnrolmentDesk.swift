import CorePostgres
import FleetIdentity
import FleetModel

/// Turns one-time tokens into certificates, renews them, and says whether a certificate is good.
package struct EnrolmentDesk: Sendable {
    /// What a ship takes home.
    package struct Enrolment: Sendable {
        package let identity: ShipIdentity
        package let shipName: String
        package let certificate: IssuedCertificate
    }

    /// A ship at the door whose certificate is good.
    package struct Admission: Sendable {
        package let identity: ShipIdentity
        package let shipName: String
        package let fingerprint: Fingerprint
        package let expiresAt: Timestamp
        /// Old enough for the next one.
        package let shouldRenew: Bool
    }

    private let pool: PostgresPool
    private let authorities: TenantAuthorities

    package init(pool: PostgresPool, authorities: TenantAuthorities) {
        self.pool = pool
        self.authorities = authorities
    }

    /// Uses up a token. The token and the certificate change in one transaction: a failure leaves
    /// the token good.
    package func enrol(
        token text: String,
        request der: [UInt8],
        at now: Timestamp
    ) async throws -> Enrolment {
        let refusal = DomainError(.unauthenticated, "the enrolment token is unknown")
        guard let token = try? SecretToken(parsing: text, as: .enrolment) else { throw refusal }
        let request = try Self.request(der)
        let authority: CertificateAuthority
        do {
            authority = try await authorities.authority(of: token.tenant)
        } catch is DomainError {
            throw refusal
        }
        return try await pool.transaction(tenant: token.tenant) { connection in
            let row = try connection.execute(
                ShipQueries.lockEnrolmentToken,
                .int64(token.tenant.rawValue),
                .int64(token.id)
            ).first
            guard let row, token.matches(hash: try row.bytes("secret_hash")) else { throw refusal }
            guard try row.optionalTimestamp("used_at") == nil else {
                throw DomainError(.gone, "the enrolment token was used already: ask for a new one")
            }
            guard try row.timestamp("expires_at") > now else {
                throw DomainError(.gone, "the enrolment token has expired: ask for a new one")
            }
            guard try row.optionalTimestamp("revoked_at") == nil else {
                throw DomainError(.forbidden, "this ship is revoked")
            }
            let identity = ShipIdentity(
                tenant: token.tenant,
                ship: ShipID(try row.int64("ship_id"))
            )
            let name = try row.text("name")
            let certificate = try authority.issue(
                ship: identity,
                commonName: name,
                request: request,
                at: now
            )
            try Self.store(certificate, of: identity, at: now, connection)
            _ = try connection.execute(
                ShipQueries.useEnrolmentToken,
                .int64(token.tenant.rawValue),
                .int64(token.id),
                .timestamp(now)
            )
            return Enrolment(identity: identity, shipName: name, certificate: certificate)
        }
    }

    /// The next certificate of a ship that is admitted.
    package func renew(
        _ admission: Admission,
        request der: [UInt8],
        at now: Timestamp
    ) async throws -> IssuedCertificate {
        let request = try Self.request(der)
        let authority = try await authorities.authority(of: admission.identity.tenant)
        let certificate = try authority.issue(
            ship: admission.identity,
            commonName: admission.shipName,
            request: request,
            at: now
        )
        try await pool.transaction(tenant: admission.identity.tenant) { connection in
            try Self.store(certificate, of: admission.identity, at: now, connection)
        }
        return certificate
    }

    /// Checks a certificate in full: whom it names, who signed it, its time, and that this very one
    /// was issued and neither it nor its ship is revoked.
    ///
    /// - Throws: `IdentityError` with the reason.
    package func admit(certificateDER der: [UInt8], at now: Timestamp) async throws -> Admission {
        let certificate = try IssuedCertificate(der: der)
        guard let identity = certificate.shipIdentity else {
            throw IdentityError(.noShipIdentity, "the certificate names no ship")
        }
        let authority: CertificateAuthority
        do {
            authority = try await authorities.authority(of: identity.tenant)
        } catch is DomainError {
            throw IdentityError(.wrongIssuer, "the certificate names a tenant that is not here")
        }
        try certificate.verify(issuedBy: authority.certificate, at: now)
        let fingerprint = certificate.fingerprint
        let row = try await pool.transaction(tenant: identity.tenant, readOnly: true) {
            connection in
            try connection.execute(
                ShipQueries.certificate,
                .int64(identity.tenant.rawValue),
                .int64(identity.ship.rawValue),
                .bytes(fingerprint.bytes)
            ).first.map { row in
                (
                    name: try row.text("name"),
                    isRevoked: try row.optionalTimestamp("ship_revoked_at") != nil
                        || row.optionalTimestamp("revoked_at") != nil,
                    issuedAt: try row.timestamp("issued_at")
                )
            }
        }
        guard let row else {
            throw IdentityError(.unknown, "this certificate was never issued here")
        }
        guard !row.isRevoked else { throw IdentityError(.revoked, "the ship is revoked") }
        return Admission(
            identity: identity,
            shipName: row.name,
            fingerprint: fingerprint,
            expiresAt: certificate.notAfter,
            shouldRenew: now - row.issuedAt > CertificateAuthority.shipRenewalAge
        )
    }

    private static func request(_ der: [UInt8]) throws -> CertificateRequest {
        do {
            return try CertificateRequest(der: der)
        } catch {
            throw DomainError(.invalid, error.reason)
        }
    }

    private static func store(
        _ certificate: IssuedCertificate,
        of identity: ShipIdentity,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        _ = try connection.execute(
            ShipQueries.insertCertificate,
            .int64(identity.tenant.rawValue),
            .int64(identity.ship.rawValue),
            .bytes(certificate.fingerprint.bytes),
            .timestamp(now),
            .timestamp(certificate.notAfter)
        )
    }
}

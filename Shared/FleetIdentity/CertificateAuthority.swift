import FleetModel
import FoundationEssentials
import SwiftASN1
import X509

/// A key that issues certificates, and its own certificate.
///
/// There are two kinds, and neither vouches for the other, so a ship's certificate can never pass
/// for the shore's: the installation's authority issues what `core-server` shows (ships pin it at
/// enrolment), and each tenant's authority issues its ships' certificates.
package struct CertificateAuthority: Sendable {
    package let certificate: IssuedCertificate
    package let key: PrivateKey

    /// The name that ships demand in the shore's certificate, wherever they reach it.
    package static let shoreName = "core-server.hawser.internal"

    /// How long a ship's certificate lasts, and when it asks for the next one. A ship may be silent
    /// for 90 days and must still get in: 180 days, renewed from 60 days on.
    package static let shipValidity = Duration.seconds(180 * 86_400)
    package static let shipRenewalAge = Duration.seconds(60 * 86_400)
    package static let shoreValidity = Duration.seconds(398 * 86_400)
    private static let authorityValidity = Duration.seconds(20 * 365 * 86_400)

    package init(certificate: IssuedCertificate, key: PrivateKey) {
        self.certificate = certificate
        self.key = key
    }

    /// Makes a new self-signed authority.
    package init(commonName: String, at now: Timestamp) throws(IdentityError) {
        let key = PrivateKey()
        let name = try Self.name(commonName)
        let issued = try Self.issue(
            publicKey: key.signing.publicKey,
            subject: name,
            issuer: name,
            issuerKey: key,
            from: now,
            lasting: Self.authorityValidity
        ) {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            SubjectKeyIdentifier(hash: key.signing.publicKey)
        }
        self.init(certificate: issued, key: key)
    }

    /// A certificate for a ship, naming it by its URI.
    package func issue(
        ship: ShipIdentity,
        commonName: String,
        request: CertificateRequest,
        at now: Timestamp,
        lasting validity: Duration = shipValidity
    ) throws(IdentityError) -> IssuedCertificate {
        try Self.issue(
            publicKey: request.request.publicKey,
            subject: Self.name(commonName),
            issuer: certificate.certificate.subject,
            issuerKey: key,
            from: now,
            lasting: validity
        ) {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.clientAuth])
            SubjectAlternativeNames([.uniformResourceIdentifier(ship.uri)])
            SubjectKeyIdentifier(hash: request.request.publicKey)
            issuerIdentifier
        }
    }

    /// A certificate for the shore server, for the names and addresses under which people reach it
    /// and for the one name that ships demand.
    package func issueShore(
        hosts: [String],
        key shoreKey: PrivateKey,
        at now: Timestamp
    ) throws(IdentityError) -> IssuedCertificate {
        let names = ([Self.shoreName] + hosts).map { host -> GeneralName in
            if let address = IPAddress(host) {
                return .ipAddress(ASN1OctetString(contentBytes: address.bytes[...]))
            }
            return .dnsName(host)
        }
        return try Self.issue(
            publicKey: shoreKey.signing.publicKey,
            subject: Self.name("Hawser core-server"),
            issuer: certificate.certificate.subject,
            issuerKey: key,
            from: now,
            lasting: Self.shoreValidity
        ) {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.serverAuth])
            SubjectAlternativeNames(names)
            SubjectKeyIdentifier(hash: shoreKey.signing.publicKey)
            issuerIdentifier
        }
    }

    /// RFC 5280 demands it of every certificate that is not self-signed, and strict clients
    /// (Python 3.13 on) refuse one without.
    private var issuerIdentifier: AuthorityKeyIdentifier {
        let identifier = SubjectKeyIdentifier(hash: key.signing.publicKey)
        return AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
    }

    private static func name(_ commonName: String) throws(IdentityError) -> DistinguishedName {
        do {
            return try DistinguishedName {
                OrganizationName("Hawser")
                CommonName(String(commonName.prefix(64)))
            }
        } catch {
            throw IdentityError(.wrongRequest, "a certificate can't carry this name: \(error)")
        }
    }

    private static func issue(
        publicKey: Certificate.PublicKey,
        subject: DistinguishedName,
        issuer: DistinguishedName,
        issuerKey: PrivateKey,
        from now: Timestamp,
        lasting validity: Duration,
        @ExtensionsBuilder extensions: () throws -> Result<Certificate.Extensions, any Error>
    ) throws(IdentityError) -> IssuedCertificate {
        // Clocks at sea are off, by days where somebody mistook the date line: a certificate that
        // starts this minute would be refused aboard.
        let start = now - .seconds(7 * 86_400)
        let issued: Certificate
        do {
            issued = try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: publicKey,
                notValidBefore: Date(timeIntervalSince1970: Double(start.milliseconds / 1000)),
                notValidAfter: Date(
                    timeIntervalSince1970: Double((now + validity).milliseconds / 1000)
                ),
                issuer: issuer,
                subject: subject,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try extensions().get(),
                issuerPrivateKey: issuerKey.signing
            )
        } catch {
            throw IdentityError(.wrongRequest, "the certificate can't be issued: \(error)")
        }
        return try IssuedCertificate(issued)
    }
}

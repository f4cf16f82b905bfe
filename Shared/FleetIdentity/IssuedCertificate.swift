import Crypto
import FleetModel
import FoundationEssentials
import SwiftASN1
import X509

/// A certificate and what Hawser reads in it.
package struct IssuedCertificate: Sendable {
    let certificate: Certificate
    package let der: [UInt8]

    init(_ certificate: Certificate) throws(IdentityError) {
        self.certificate = certificate
        do {
            var serializer = DER.Serializer()
            try serializer.serialize(certificate)
            der = serializer.serializedBytes
        } catch {
            throw IdentityError(.unreadable, "the certificate can't be written")
        }
    }

    package init(der: [UInt8]) throws(IdentityError) {
        do {
            certificate = try Certificate(derEncoded: der)
        } catch {
            throw IdentityError(.unreadable, "the certificate can't be read as X.509 in DER")
        }
        self.der = der
    }

    package init(pem: String) throws(IdentityError) {
        do {
            try self.init(Certificate(pemEncoded: pem))
        } catch let error as IdentityError {
            throw error
        } catch {
            throw IdentityError(.unreadable, "the certificate can't be read as X.509 in PEM")
        }
    }

    package var pem: String {
        PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n"
    }

    package var fingerprint: Fingerprint { Fingerprint(ofDER: der) }

    package var notBefore: Timestamp { Self.timestamp(certificate.notValidBefore) }

    package var notAfter: Timestamp { Self.timestamp(certificate.notValidAfter) }

    /// The ship that the certificate's one URI names, if it names one.
    package var shipIdentity: ShipIdentity? {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return nil }
        let uris = names.compactMap { name -> String? in
            guard case .uniformResourceIdentifier(let uri) = name else { return nil }
            return uri
        }
        guard uris.count == 1, let uri = uris.first else { return nil }
        return ShipIdentity(uri: uri)
    }

    /// Checks that `authority` signed this and that `now` lies within its time.
    package func verify(
        issuedBy authority: IssuedCertificate,
        at now: Timestamp
    ) throws(IdentityError) {
        guard certificate.issuer == authority.certificate.subject,
            authority.certificate.publicKey.isValidSignature(
                certificate.signature,
                for: certificate
            )
        else {
            throw IdentityError(.wrongIssuer, "the certificate was not issued by this authority")
        }
        guard notBefore <= now else {
            throw IdentityError(.notYetValid, "the certificate is valid only from \(notBefore) on")
        }
        guard now < notAfter else {
            throw IdentityError(.expired, "the certificate ended at \(notAfter)")
        }
    }

    private static func timestamp(_ date: Date) -> Timestamp {
        Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}

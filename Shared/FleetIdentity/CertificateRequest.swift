import FleetModel
import SwiftASN1
import X509

/// A PKCS#10 request: made aboard, so that a ship's key never leaves it.
package struct CertificateRequest: Sendable {
    let request: CertificateSigningRequest
    package let der: [UInt8]

    /// Made aboard. The subject is only for people: the shore decides whom the certificate names.
    package init(key: PrivateKey, commonName: String) throws(IdentityError) {
        do {
            request = try CertificateSigningRequest(
                version: .v1,
                subject: DistinguishedName { CommonName(commonName) },
                privateKey: key.signing,
                attributes: CertificateSigningRequest.Attributes(),
                signatureAlgorithm: .ecdsaWithSHA256
            )
            var serializer = DER.Serializer()
            try serializer.serialize(request)
            der = serializer.serializedBytes
        } catch {
            throw IdentityError(.wrongRequest, "the certificate request can't be made: \(error)")
        }
    }

    /// Read ashore; proves that the requester holds the key.
    package init(der: [UInt8]) throws(IdentityError) {
        do {
            request = try CertificateSigningRequest(derEncoded: der)
        } catch {
            throw IdentityError(.wrongRequest, "the certificate request is not PKCS#10 in DER")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw IdentityError(.wrongRequest, "the certificate request is not signed by its key")
        }
        self.der = der
    }
}

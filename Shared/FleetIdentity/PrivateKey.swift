import Crypto
import X509

/// A P-256 key: small certificates, and every TLS 1.3 peer takes it.
package struct PrivateKey: Sendable {
    let key: P256.Signing.PrivateKey

    /// Draws a new one.
    package init() {
        key = P256.Signing.PrivateKey()
    }

    package init(pem: String) throws(IdentityError) {
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: pem)
        } catch {
            throw IdentityError(.unreadable, "the private key can't be read as a P-256 key in PEM")
        }
    }

    /// Secret: write it with mode 0600 only.
    package var pem: String { key.pemRepresentation }

    var signing: Certificate.PrivateKey { Certificate.PrivateKey(key) }
}

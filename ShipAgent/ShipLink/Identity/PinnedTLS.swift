import FleetIdentity
import FleetProtocol
import NIOSSL

/// TLS as a ship speaks it: 1.3, and trusting nobody but the authority that it pinned.
enum PinnedTLS {
    /// For the sync port: with the ship's own certificate.
    static func sync(_ credentials: ShipCredentials) throws -> NIOSSLContext {
        var tls = try base(credentials.authority)
        tls.certificateChain = [
            .certificate(try NIOSSLCertificate(bytes: credentials.certificate.der, format: .der))
        ]
        tls.privateKey = .privateKey(
            try NIOSSLPrivateKey(bytes: Array(credentials.key.pem.utf8), format: .pem)
        )
        tls.applicationProtocols = [ProtocolVersion.applicationProtocol]
        return try NIOSSLContext(configuration: tls)
    }

    static func base(_ authority: IssuedCertificate) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates([
            try NIOSSLCertificate(bytes: authority.der, format: .der)
        ])
        tls.certificateVerification = .fullVerification
        return tls
    }
}

import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

/// What other programs think of our certificates.
struct OpenSSLTests {
    private static let program = "/usr/bin/openssl"
    private static let isInstalled = access(program, X_OK) == 0

    private func openssl(_ arguments: String...) async throws -> (output: String, isGood: Bool) {
        try await withProcess(Self.program, arguments) { process in
            let status = try await process.waitForExit()
            return (process.standardOutput + process.standardError, status.isSuccess)
        }
    }

    @Test(.enabled(if: isInstalled, "openssl is not installed"))
    func `openssl verifies a ship's certificate and reads what it names`() async throws {
        let now = WallClock.system.now()
        let authority = try CertificateAuthority(commonName: "Hawser tenant acme", at: now)
        let other = try CertificateAuthority(commonName: "Hawser tenant acme", at: now)
        let certificate = try authority.issue(
            ship: ShipIdentity(tenant: TenantID(7), ship: ShipID(42)),
            commonName: "aurora",
            request: CertificateRequest(key: PrivateKey(), commonName: "ship"),
            at: now
        )
        try await withTemporaryDirectory { folder in
            for (name, one) in [
                ("ca", authority.certificate), ("other", other.certificate), ("ship", certificate),
            ] {
                try AtomicFile.write(Array(one.pem.utf8), to: "\(folder)/\(name).pem", mode: 0o600)
            }
            let verified = try await openssl(
                "verify",
                "-x509_strict",
                "-purpose",
                "sslclient",
                "-CAfile",
                "\(folder)/ca.pem",
                "\(folder)/ship.pem"
            )
            #expect(verified.isGood, "\(verified.output)")
            let refused = try await openssl(
                "verify",
                "-CAfile",
                "\(folder)/other.pem",
                "\(folder)/ship.pem"
            )
            #expect(!refused.isGood)
            let text = try await openssl("x509", "-noout", "-text", "-in", "\(folder)/ship.pem")
                .output
            #expect(text.contains("URI:urn:hawser:tenant:7:ship:42"))
            #expect(text.contains("TLS Web Client Authentication"))
            #expect(text.contains("CA:FALSE"))
        }
    }
}

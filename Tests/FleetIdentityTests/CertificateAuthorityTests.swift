import FleetIdentity
import FleetModel
import Testing

struct CertificateAuthorityTests {
    private static let now = Timestamp(milliseconds: 1_795_254_788_000)
    private static let identity = ShipIdentity(tenant: TenantID(7), ship: ShipID(42))

    private func authority(_ name: String = "Hawser tenant acme") throws -> CertificateAuthority {
        try CertificateAuthority(commonName: name, at: Self.now)
    }

    private func ship(
        of authority: CertificateAuthority,
        lasting validity: Duration = CertificateAuthority.shipValidity
    ) throws -> IssuedCertificate {
        try authority.issue(
            ship: Self.identity,
            commonName: "aurora",
            request: CertificateRequest(key: PrivateKey(), commonName: "ship"),
            at: Self.now,
            lasting: validity
        )
    }

    private func refusal(_ body: () throws -> Void) -> IdentityError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? IdentityError)?.code
        }
    }

    @Test func `a request becomes a certificate that names the ship and verifies`() throws {
        let authority = try authority()
        let request = try CertificateRequest(key: PrivateKey(), commonName: "ship")
        let certificate = try authority.issue(
            ship: Self.identity,
            commonName: "aurora",
            request: CertificateRequest(der: request.der),
            at: Self.now
        )
        let read = try IssuedCertificate(der: certificate.der)
        #expect(read.shipIdentity == Self.identity)
        try read.verify(issuedBy: authority.certificate, at: Self.now)
        #expect(try IssuedCertificate(pem: certificate.pem).der == certificate.der)
    }

    @Test func `another authority's certificate is refused, even of one name`() throws {
        let certificate = try ship(of: authority())
        let other = try authority()
        #expect(
            refusal { try certificate.verify(issuedBy: other.certificate, at: Self.now) }
                == .wrongIssuer
        )
    }

    @Test func `a certificate has its time, with a week for slow clocks`() throws {
        let authority = try authority()
        let certificate = try ship(of: authority, lasting: .seconds(3600))
        let verify = { (now: Timestamp) in
            self.refusal { try certificate.verify(issuedBy: authority.certificate, at: now) }
        }
        #expect(verify(Self.now - .seconds(7 * 86_400)) == nil)
        #expect(verify(Self.now - .seconds(7 * 86_400 + 1)) == .notYetValid)
        #expect(verify(Self.now + .seconds(3599)) == nil)
        #expect(verify(Self.now + .seconds(3600)) == .expired)
        #expect(certificate.notAfter == Self.now + .seconds(3600))
    }

    @Test func `a certificate with any byte changed that is signed is refused`() throws {
        let authority = try authority()
        let certificate = try ship(of: authority)
        for place in SignedPart.range(in: certificate.der) {
            var tampered = certificate.der
            tampered[place] ^= 0x01
            let verdict = refusal {
                try IssuedCertificate(der: tampered)
                    .verify(issuedBy: authority.certificate, at: Self.now)
            }
            #expect(verdict != nil, "byte \(place)")
            #expect(Fingerprint(ofDER: tampered) != certificate.fingerprint)
        }
    }

    @Test func `the shore's certificate names no ship`() throws {
        let certificate = try authority().issueShore(
            hosts: ["localhost", "127.0.0.1", "::1"],
            key: PrivateKey(),
            at: Self.now
        )
        #expect(certificate.shipIdentity == nil)
    }

    @Test func `an authority's own certificate names no ship`() throws {
        #expect(try authority().certificate.shipIdentity == nil)
    }

    @Test func `an authority is the same after it was written down`() throws {
        let authority = try authority()
        let read = CertificateAuthority(
            certificate: try IssuedCertificate(pem: authority.certificate.pem),
            key: try PrivateKey(pem: authority.key.pem)
        )
        try ship(of: read).verify(issuedBy: authority.certificate, at: Self.now)
    }

    @Test func `what is no certificate or key is refused`() {
        #expect(refusal { _ = try IssuedCertificate(der: [1, 2, 3]) } == .unreadable)
        #expect(refusal { _ = try IssuedCertificate(pem: "hello") } == .unreadable)
        #expect(refusal { _ = try PrivateKey(pem: "hello") } == .unreadable)
    }
}

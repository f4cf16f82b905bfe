import FleetIdentity
import Testing

struct CertificateRequestTests {
    @Test func `a request is read as it was made`() throws {
        let request = try CertificateRequest(key: PrivateKey(), commonName: "ship")
        #expect(try CertificateRequest(der: request.der).der == request.der)
    }

    @Test func `a request with any byte changed that it signs is refused`() throws {
        let request = try CertificateRequest(key: PrivateKey(), commonName: "ship")
        for place in SignedPart.range(in: request.der) {
            var tampered = request.der
            tampered[place] ^= 0x01
            #expect(throws: IdentityError.self, "byte \(place)") {
                try CertificateRequest(der: tampered)
            }
        }
    }
}

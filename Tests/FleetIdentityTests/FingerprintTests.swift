import FleetIdentity
import Testing

struct FingerprintTests {
    /// SHA-256 of no bytes, from FIPS 180.
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func `it is SHA-256 of the certificate`() {
        #expect(Fingerprint(ofDER: []).description == Self.empty)
    }

    @Test func `it is read with and without colons, in either case`() throws {
        let expected = Fingerprint(ofDER: [])
        var colons = ""
        for (index, digit) in Self.empty.enumerated() {
            if index > 0, index % 2 == 0 { colons += ":" }
            colons.append(digit)
        }
        for text in [Self.empty, Self.empty.uppercased(), colons, colons.uppercased()] {
            #expect(try Fingerprint(hexadecimal: text) == expected)
        }
    }

    @Test(arguments: [
        "", "e3", String(repeating: "a", count: 63), String(repeating: "a", count: 65),
        String(repeating: "+a", count: 32), String(repeating: "-0", count: 32),
        String(repeating: "g0", count: 32), String(repeating: "１", count: 64),
    ])
    func `what is no fingerprint is refused`(text: String) {
        #expect {
            try Fingerprint(hexadecimal: text)
        } throws: {
            ($0 as? IdentityError)?.code == .wrongFingerprint
        }
    }
}

import FleetIdentity
import FleetModel
import Testing

struct SecretTokenTests {
    private static let authority = Fingerprint(ofDER: [1, 2, 3])

    private func token(_ purpose: SecretToken.Purpose = .api) -> SecretToken {
        SecretToken(
            drawing: purpose,
            tenant: TenantID(7),
            id: 12,
            authority: purpose == .api ? nil : Self.authority
        )
    }

    private func secret(of token: SecretToken) -> String {
        token.text.split(separator: ".").map(String.init)[3]
    }

    @Test(arguments: [SecretToken.Purpose.api, .enrolment])
    func `a token is read from its text`(purpose: SecretToken.Purpose) throws {
        let token = token(purpose)
        let read = try SecretToken(parsing: token.text, as: purpose)
        #expect(read == token)
        #expect(read.tenant == TenantID(7))
        #expect(read.id == 12)
        #expect(read.authority == (purpose == .api ? nil : Self.authority))
        #expect(read.hash == token.hash)
    }

    @Test func `a secret has 256 random bits`() {
        let secrets = Set((0..<100).map { _ in secret(of: token()) })
        #expect(secrets.count == 100)
        #expect(secrets.allSatisfy { $0.utf8.count == 43 })
    }

    @Test func `a token for one use is none for the other`() {
        #expect(throws: IdentityError.self) {
            try SecretToken(parsing: token(.api).text, as: .enrolment)
        }
        #expect(throws: IdentityError.self) {
            try SecretToken(parsing: token(.enrolment).text, as: .api)
        }
    }

    @Test(arguments: [
        "", "hwt", "hwt.7.12", "hwt.7.12.short", "hwt.a.12.\(String(repeating: "A", count: 43))",
        "hwt.7.12.\(String(repeating: "A", count: 43)).x",
        "hwt.7.12.\(String(repeating: "A", count: 44))",
        String(repeating: "hwt.", count: 1000),
    ])
    func `what is no token is refused without being repeated`(text: String) {
        do {
            _ = try SecretToken(parsing: text, as: .api)
            Issue.record("it was read")
        } catch {
            #expect(error.code == .malformedToken)
            #expect(text.isEmpty || !error.reason.contains(text))
        }
    }

    @Test func `a token matches its own hash and no other`() throws {
        let token = token()
        #expect(token.matches(hash: token.hash))
        for place in token.hash.indices {
            var other = token.hash
            other[place] ^= 1
            #expect(!token.matches(hash: other))
        }
        #expect(!token.matches(hash: []))
        #expect(!token.matches(hash: token.hash.dropLast()))
    }

    @Test func `a secret is bound to its tenant and its row`() throws {
        let token = token()
        let moved = token.text.replacing("hwt.7.12.", with: "hwt.8.12.")
        #expect(!(try SecretToken(parsing: moved, as: .api).matches(hash: token.hash)))
    }

    @Test func `no way of printing a token shows its secret`() {
        let token = token(.enrolment)
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(describing: token), String(reflecting: token), dumped] {
            #expect(!text.contains(secret(of: token)))
        }
    }
}

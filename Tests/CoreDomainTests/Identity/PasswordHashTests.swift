import CoreDomain
import Testing

@Suite struct PasswordHashTests {
    private static let cheap = PasswordHash.Cost(logRounds: 4, blockSize: 8, parallelism: 1)

    @Test func `a password is known again from its text, and no other is`() throws {
        let hash = try PasswordHash(of: "correct horse battery", cost: Self.cheap)
        let stored = try #require(PasswordHash(parsing: hash.text))
        #expect(stored.matches("correct horse battery"))
        for wrong in ["correct horse batterz", "correct horse batter", "", "Correct horse battery"]
        {
            #expect(!stored.matches(wrong))
        }
        #expect(stored.cost == Self.cheap)
    }

    @Test func `the same password twice has two texts`() throws {
        let texts = try (0..<2).map { _ in
            try PasswordHash(of: "correct horse battery", cost: Self.cheap).text
        }
        #expect(texts[0] != texts[1])
    }

    @Test func `the digest is scrypt's`() throws {
        // N = 16384, r = 8, p = 1 over "pleaseletmein" with a salt of 16 bytes, by OpenSSL 3:
        // openssl kdf -keylen 32 -kdfopt pass:pleaseletmein -kdfopt hexsalt:000102…0f
        //   -kdfopt n:16384 -kdfopt r:8 -kdfopt p:1 SCRYPT
        let text =
            "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$UxYE/nON8zrmLNK5lL/j9XPtKMDZ5VR/h1tkExic5Zo="
        let stored = try #require(PasswordHash(parsing: text))
        #expect(stored.matches("pleaseletmein"))
        #expect(!stored.matches("pleaseletmeinn"))
    }

    @Test(arguments: [
        "", "plain", "$scrypt$", "$scrypt$ln=4,r=8,p=1$c2FsdA==$AAAA",
        "$scrypt$ln=40,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=",
        "$scrypt$ln=4,r=9999,p=1$AAECAwQFBgcICQoLDA0ODw==$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=",
        "$scrypt$ln=x,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=",
        "$scrypt$ln=-1,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=",
    ])
    func `a damaged text, or one that asks for too much, is none`(text: String) {
        #expect(PasswordHash(parsing: text) == nil)
    }

    @Test func `it does not print itself`() throws {
        let hash = try PasswordHash(of: "correct horse battery", cost: Self.cheap)
        var dumped = ""
        dump(hash, to: &dumped)
        for text in ["\(hash)", dumped] {
            #expect(!text.contains("scrypt"))
            #expect(!text.contains(String(hash.text.suffix(20))))
        }
    }
}

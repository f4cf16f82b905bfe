@testable import CoreDomain
import Crypto
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import FoundationEssentials
import Testing

/// What is believed of tokens, with a provider that can be made to say anything.
@Suite struct OIDCVerifierTests {
    private static let now = Timestamp(milliseconds: 1_795_254_788_000)
    private static let issuer = "https://id.example"

    /// A provider with keys that change; counts how often they are asked for.
    private actor Provider: OIDCTransport {
        private(set) var keys: [(id: String, key: P256.Signing.PrivateKey)]
        private(set) var fetches = 0
        private var isDown = false
        let doors: String

        init(doors: String? = nil) {
            keys = [("one", P256.Signing.PrivateKey())]
            self.doors =
                doors
                    ?? """
                    {"issuer": "https://id.example", "authorization_endpoint": "https://id.example/a",
                    "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/k"}
                    """
        }

        func rotate(_ id: String) { keys = [(id, P256.Signing.PrivateKey())] }

        func goDown() { isDown = true }

        func get(_ url: String) throws -> [UInt8] {
            if isDown { throw DomainError(.overloaded, "down") }
            guard url == "https://id.example/k" else { return Array(doors.utf8) }
            fetches += 1
            let documents = keys.map { entry in
                let point = Array(entry.key.publicKey.rawRepresentation)
                return """
                    {"kty": "EC", "crv": "P-256", "kid": "\(entry.id)", \
                    "x": "\(Base64URL.text(Array(point.prefix(32))))", \
                    "y": "\(Base64URL.text(Array(point.suffix(32))))"}
                    """
            }
            return Array(
                "{\"keys\": [{\"kty\": \"OKP\"}, \(documents.joined(separator: ","))]}".utf8
            )
        }

        func post(
            _ fields: [(name: String, value: Secret)],
            to url: String,
            basic: (name: String, password: Secret)?
        ) throws -> [UInt8] {
            throw DomainError(.overloaded, "no tokens here")
        }

        func sign(_ claims: String, header: String? = nil) throws -> String {
            let header = header ?? "{\"alg\":\"ES256\",\"kid\":\"\(keys[0].id)\"}"
            let text =
                Base64URL.text(Array(header.utf8)) + "." + Base64URL.text(Array(claims.utf8))
            let signature = try keys[0].key.signature(for: SHA256.hash(data: Array(text.utf8)))
            return text + "." + Base64URL.text(Array(signature.rawRepresentation))
        }
    }

    private func verifier(
        _ provider: Provider,
        audience: String? = "hawser-api",
        at now: Timestamp = now
    ) -> OIDCVerifier {
        OIDCVerifier(
            provider: OIDCProvider(
                name: "main",
                label: "main",
                issuer: Self.issuer,
                clientID: "hawser",
                clientSecret: nil,
                realm: .tenant("acme"),
                rolesClaim: "groups",
                roles: ["a": .admin],
                audience: audience
            ),
            directory: ProviderDirectory(
                issuer: Self.issuer,
                transport: provider,
                clock: .fixed(now)
            ),
            clock: .fixed(now)
        )
    }

    private func isRefused(
        _ verifier: OIDCVerifier,
        _ text: String,
        as use: OIDCVerifier.Use
    ) async -> Bool {
        do {
            _ = try await verifier.claims(of: text, as: use)
            return false
        } catch {
            return true
        }
    }

    private static let seconds = now.milliseconds / 1000

    /// Claims of a good ID token, some of them replaced; an empty text takes one away.
    private func identity(_ changes: [String: String] = [:]) -> String {
        var claims: [String: String] = [
            "iss": "\"\(Self.issuer)\"", "aud": "\"hawser\"", "sub": "\"1\"",
            "nonce": "\"n\"", "exp": "\(Self.seconds + 300)", "iat": "\(Self.seconds)",
        ]
        for (name, value) in changes { claims[name] = value.isEmpty ? nil : value }
        let members = claims.map { "\"\($0)\":\($1)" }
        return "{\(members.joined(separator: ","))}"
    }

    private func access(_ changes: [String: String] = [:]) -> String {
        identity(["aud": "\"hawser-api\"", "nonce": ""].merging(changes) { $1 })
    }

    @Test func `a good ID token is believed, and each wrong claim refuses it`() async throws {
        let provider = Provider()
        let verifier = verifier(provider)
        let good: [[String: String]] = [
            [:], ["aud": "[\"hawser\"]"], ["aud": "[\"other\",\"hawser\"]", "azp": "\"hawser\""],
            ["exp": "\(Self.seconds - 59)"], ["nbf": "\(Self.seconds + 60)"],
        ]
        for changes in good {
            let text = try await provider.sign(identity(changes))
            #expect(await !isRefused(verifier, text, as: .identity(nonce: "n")), "\(changes)")
        }
        let bad: [[String: String]] = [
            ["iss": "\"https://id.example/\""], ["iss": ""], ["aud": "\"other\""],
            ["aud": ""], ["aud": "[\"other\",\"hawser\"]"], ["azp": "\"other\""],
            ["aud": "[\"hawser\",1]"], ["nonce": "\"m\""], ["nonce": ""],
            ["exp": "\(Self.seconds - 60)"], ["exp": ""], ["exp": "\"9999999999\""],
            ["nbf": "\(Self.seconds + 61)"], ["nbf": "\"x\""], ["iat": "\(Self.seconds + 61)"],
            ["iat": ""], ["exp": "1e300"],
        ]
        for changes in bad {
            let text = try await provider.sign(identity(changes))
            #expect(await isRefused(verifier, text, as: .identity(nonce: "n")), "\(changes)")
        }
    }

    @Test func `only the two algorithms count, and only as the key's own`() async throws {
        let provider = Provider()
        let verifier = verifier(provider)
        for header in [
            "{\"alg\":\"none\",\"kid\":\"one\"}", "{\"alg\":\"HS256\",\"kid\":\"one\"}",
            "{\"alg\":\"RS256\",\"kid\":\"one\"}", "{\"alg\":\"es256\",\"kid\":\"one\"}",
            "{\"alg\":\"ES256\",\"kid\":\"two\"}", "{\"kid\":\"one\"}",
            "{\"alg\":\"ES256\",\"kid\":\"one\",\"crit\":[\"exp\"]}",
        ] {
            let text = try await provider.sign(identity(), header: header)
            #expect(await isRefused(verifier, text, as: .identity(nonce: "n")), "\(header)")
        }
        // The only key there is needs no name.
        let nameless = try await provider.sign(identity(), header: "{\"alg\":\"ES256\"}")
        #expect(await !isRefused(verifier, nameless, as: .identity(nonce: "n")))
        let text = try await provider.sign(identity())
        let parts = text.split(separator: ".").map(String.init)
        let forged = Base64URL.text(Array(identity(["sub": "\"2\""]).utf8))
        for text in [
            "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])", "\(text).", "",
            "\(parts[0]).\(forged).\(parts[2])", text + "A",
            "\(parts[0]).\(parts[1]).\(Base64URL.text([UInt8](repeating: 0, count: 64)))",
        ] {
            #expect(await isRefused(verifier, text, as: .identity(nonce: "n")), "\(text)")
        }
    }

    @Test func `an access token is for this API, and no ID token is one`() async throws {
        let provider = Provider()
        let text = try await provider.sign(access())
        #expect(await !isRefused(verifier(provider), text, as: .access))
        #expect(await isRefused(verifier(provider, audience: nil), text, as: .access))
        #expect(await isRefused(verifier(provider), text, as: .identity(nonce: "n")))
        for changes: [String: String] in [
            ["aud": "\"hawser\""], ["nonce": "\"n\""], ["at_hash": "\"h\""], ["typ": "\"ID\""],
        ] {
            let text = try await provider.sign(access(changes))
            #expect(await isRefused(verifier(provider), text, as: .access), "\(changes)")
        }
    }

    @Test func `unknown keys are asked for, but not by everybody who makes one up`() async throws {
        let provider = Provider()
        let time = VirtualClock(start: Self.now)
        let directory = ProviderDirectory(
            issuer: Self.issuer,
            transport: provider,
            clock: time.wallClock
        )
        func isSigned(_ text: String) async throws -> Bool {
            try await directory.signed(#require(SignedToken(parsing: text)))
        }
        #expect(try await isSigned(try await provider.sign(identity())))
        for number in 0..<100 {
            let header = "{\"alg\":\"ES256\",\"kid\":\"made-up-\(number)\"}"
            #expect(try await !isSigned(try await provider.sign(identity(), header: header)))
        }
        #expect(await provider.fetches == 1)
        await provider.rotate("two")
        time.advance(by: .seconds(31))
        #expect(try await isSigned(try await provider.sign(identity())))
        #expect(await provider.fetches == 2)
        // Without the provider they serve for a day and no longer.
        let text = try await provider.sign(identity())
        await provider.goDown()
        time.advance(by: .seconds(23 * 3600))
        #expect(try await isSigned(text))
        time.advance(by: .seconds(2 * 3600))
        await #expect(throws: DomainError.self) { try await isSigned(text) }
    }

    @Test func `a directory of another issuer, or a door without TLS, is not followed`()
        async throws
    {
        for (part, other) in [
            ("https://id.example\",", "https://evil.example\","),
            ("https://id.example/k", "http://id.example/k"),
            ("https://id.example/t", "http://127.0.0.1.evil.example/t"),
        ] {
            let doors = Provider().doors.replacing(part, with: other, maxReplacements: 1)
            let provider = Provider(doors: doors)
            let text = try await provider.sign(identity())
            #expect(
                await isRefused(verifier(provider), text, as: .identity(nonce: "n")),
                "\(other)"
            )
        }
    }
}

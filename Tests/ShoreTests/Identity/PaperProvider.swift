import Crypto
import FleetIdentity
import FleetRuntime
import FleetTestSupport
import Foundation

/// An identity provider that is a folder of documents, served by Python, and a key to sign with: for access
/// tokens that say whatever a test wants.
struct PaperProvider: Sendable {
    static let audience = "hawser-api"

    let issuer: String
    private let key: P256.Signing.PrivateKey

    /// The one that the suite's `.shoreWithProvider` trait lends.
    @TaskLocal static var lent: PaperProvider?

    private init(issuer: String, key: P256.Signing.PrivateKey) {
        self.issuer = issuer
        self.key = key
    }

    /// One that says that it is another, with a key of its own.
    init(like other: PaperProvider) {
        self.init(issuer: other.issuer, key: P256.Signing.PrivateKey())
    }

    /// - Throws: where a suite forgot its trait.
    static func current() throws -> PaperProvider {
        guard let lent else { throw CommandError("this suite lacks the trait .shoreWithProvider") }
        return lent
    }

    /// Lends one, with a configuration of a server that trusts it for a tenant.
    static func lend<Result>(
        tenant: String,
        _ body: (PaperProvider, _ configuration: String) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            let port = try FreePort.find()
            let provider = PaperProvider(
                issuer: "http://127.0.0.1:\(port)",
                key: P256.Signing.PrivateKey()
            )
            try provider.write(to: folder)
            let configuration = folder + "/core-server.yml"
            try """
            public_url: https://localhost:8443
            oidc:
              - name: paper
                issuer: \(provider.issuer)
                client_id: hawser
                tenant: \(tenant)
                roles_claim: roles
                roles: {viewer: viewer, operator: operator, reviewer: reviewer, admin: admin}
                audience: \(audience)
            """.write(toFile: configuration, atomically: true, encoding: .utf8)
            return try await withProcess(
                "/usr/bin/python3",
                ["-u", "-m", "http.server", "\(port)", "--bind", "127.0.0.1", "-d", folder]
            ) { process in
                try await process.waitForLine(containing: "Serving HTTP")
                return try await body(provider, configuration)
            }
        }
    }

    private func write(to folder: String) throws {
        let point = Array(key.publicKey.rawRepresentation)
        let known = folder + "/.well-known"
        try FileManager.default.createDirectory(
            atPath: known,
            withIntermediateDirectories: true
        )
        try """
        {"issuer": "\(issuer)", "authorization_endpoint": "\(issuer)/a",
         "token_endpoint": "\(issuer)/t", "jwks_uri": "\(issuer)/keys.json"}
        """.write(
            toFile: known + "/openid-configuration",
            atomically: true,
            encoding: .utf8
        )
        try """
        {"keys": [{"kty": "EC", "crv": "P-256", "kid": "one",
          "x": "\(Base64URL.text(Array(point.prefix(32))))",
          "y": "\(Base64URL.text(Array(point.suffix(32))))"}]}
        """.write(toFile: folder + "/keys.json", atomically: true, encoding: .utf8)
    }

    /// An access token for the API.
    func token(subject: String, roles: [String], lasting seconds: Int = 3600) throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let words = roles.map { "\"\($0)\"" }.joined(separator: ",")
        let header = #"{"alg":"ES256","kid":"one","typ":"at+jwt"}"#
        let claims = """
            {"iss":"\(issuer)","aud":"\(Self.audience)","sub":"\(subject)",\
            "preferred_username":"\(subject)","roles":[\(words)],\
            "iat":\(now - max(0, -seconds) - 1),"exp":\(now + seconds)}
            """
        let text = Base64URL.text(Array(header.utf8)) + "." + Base64URL.text(Array(claims.utf8))
        let signature = try key.signature(for: SHA256.hash(data: Array(text.utf8)))
        return text + "." + Base64URL.text(Array(signature.rawRepresentation))
    }
}

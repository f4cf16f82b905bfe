import Crypto
import FleetIdentity
import FleetModel
import FoundationEssentials

/// A sign-in on its way through an identity provider, kept in the browser's cookie and nowhere else:
/// its state, nonce and PKCE verifier are made from the cookie's secret, so that any replica can
/// finish it, and nobody without the cookie can.
package struct PendingSignIn: Sendable, CustomStringConvertible, CustomReflectable {
    package static let lifetime = Duration.seconds(600)

    package let provider: String
    package let next: String
    let startedAt: Timestamp
    private let secret: String

    package init(provider: String, next: String, at now: Timestamp) {
        self.provider = provider
        self.next = next
        startedAt = now
        secret = SymmetricKey(size: .bits256).withUnsafeBytes { Base64URL.text(Array($0)) }
    }

    package init?(cookie text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= 4096, parts.count == 4, parts[0].utf8.count == 43,
            let milliseconds = Int64(parts[1]), let next = Base64URL.bytes(parts[3])
        else { return nil }
        secret = parts[0]
        startedAt = Timestamp(milliseconds: milliseconds)
        provider = parts[2]
        self.next = String(decoding: next, as: UTF8.self)
    }

    package var cookie: String {
        "\(secret).\(startedAt.milliseconds).\(provider).\(Base64URL.text(Array(next.utf8)))"
    }

    var state: String { derive("state") }
    var nonce: String { derive("nonce") }
    var verifier: String { derive("verifier") }
    var challenge: String { Base64URL.text(Array(SHA256.hash(data: Array(verifier.utf8)))) }

    private func derive(_ purpose: String) -> String {
        Base64URL.text(Array(SHA256.hash(data: Array("hawser.\(purpose).\(cookie)".utf8))))
    }

    package var description: String { "<sign-in at \(provider)>" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}

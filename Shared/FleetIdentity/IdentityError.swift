/// Why a key, a certificate or a token was refused. The text is safe to show.
package struct IdentityError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A stable word, also the label of the counter.
    package struct Code: Hashable, Sendable {
        package let name: String

        private init(_ name: String) {
            self.name = name
        }

        package static let unreadable = Self("unreadable")
        package static let noShipIdentity = Self("no_ship_identity")
        package static let wrongIssuer = Self("wrong_issuer")
        package static let notYetValid = Self("not_yet_valid")
        package static let expired = Self("expired")
        package static let unknown = Self("unknown_certificate")
        package static let revoked = Self("revoked")
        package static let wrongRequest = Self("wrong_request")
        package static let wrongFingerprint = Self("wrong_fingerprint")
        package static let malformedToken = Self("malformed_token")
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
}

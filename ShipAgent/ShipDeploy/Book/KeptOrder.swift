import FleetDeploy
import FleetIdentity

/// A directive that was verified, as it is kept: in the form in which it was signed.
package struct KeptOrder: Codable, Sendable, Equatable {
    package let directive: Directive

    package init(_ directive: Directive) { self.directive = directive }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let bytes = Hexadecimal.bytes(text.utf8) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "an order is kept as hexadecimal digits"
            )
        }
        directive = try Directive(encoded: bytes)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Hexadecimal.text(directive.encoded))
    }

    package var installation: Installation? {
        guard case .install(let installation) = directive.order else { return nil }
        return installation
    }

    /// What the version that it brings is held to; `nil` for an order that brings none.
    package var contract: AcceptanceContract? { installation?.contract }

    /// When a ship may change what runs; an order without a rule may at any time.
    package var activation: ActivationRule { installation?.activation ?? .always }
}

import Crypto
import FleetModel

/// A directive on its way: format, key identifier, signature, directive.
///
/// The same bytes go over the link, by mail and on a stick: what makes them good is in them.
package struct SignedDirective: Sendable, Equatable {
    package static let format: UInt8 = 1
    package static let signatureBytes = 64
    package static let overhead = 1 + DirectiveKey.idBytes + signatureBytes
    package static let limit = Directive.encodedLimit + overhead

    /// A signature of a directive can't be taken for one of anything else that is signed.
    private static let context = Array("hawser directive 1\n".utf8)

    package let bytes: [UInt8]

    /// Who says that it signed.
    package var keyID: [UInt8] { Array(bytes[1..<1 + DirectiveKey.idBytes]) }
    /// What it says, proven by nothing: for who signed it.
    package var unproven: Directive {
        get throws { try Directive(encoded: body) }
    }
    private var signature: ArraySlice<UInt8> {
        bytes[(1 + DirectiveKey.idBytes)..<Self.overhead]
    }
    private var body: [UInt8] { Array(bytes[Self.overhead...]) }

    package init(_ directive: Directive, key: DirectiveKey) throws {
        let body = directive.encoded
        let signature = try key.signature(of: Self.context + body)
        bytes = [Self.format] + DirectiveKey.id(of: key.publicKey) + signature + body
    }

    /// - Throws: `DirectiveRefusal` `malformed`. Nothing is proven yet: see `verified`.
    package init(bytes: [UInt8]) throws(DirectiveRefusal) {
        guard bytes.count > Self.overhead, bytes.count <= Self.limit else {
            throw DirectiveRefusal(.malformed, "\(bytes.count) bytes are no directive")
        }
        guard bytes[0] == Self.format else {
            throw DirectiveRefusal(.malformed, "a directive of format \(bytes[0]) is not known")
        }
        self.bytes = bytes
    }

    /// The directive, if it is for this ship, from who may give orders, and new.
    ///
    /// A ship that trusts nobody yet takes the first key that signs for itself: what brings it is the
    /// connection that the ship's enrolment proved.
    ///
    /// - Parameters:
    ///   - trusting: public keys, in any order.
    ///   - above: the highest counter that this ship has taken.
    ///   - now: by the ship's clock.
    /// - Throws: `DirectiveRefusal`.
    package func verified(
        for ship: ShipIdentity,
        trusting keys: [[UInt8]],
        above counter: UInt64,
        at now: Timestamp
    ) throws(DirectiveRefusal) -> Directive {
        var keys = keys
        // Read before it is proven for nothing but the key that it has to be proven with.
        if keys.isEmpty, case .trust(let first) = try Directive(encoded: body).order {
            keys = [first]
        }
        guard let key = keys.first(where: { DirectiveKey.id(of: $0).elementsEqual(keyID) }) else {
            throw DirectiveRefusal(
                .unknownKey,
                "the directive is signed by nobody that this ship obeys"
            )
        }
        guard let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: key),
            publicKey.isValidSignature(signature, for: Self.context + body)
        else { throw DirectiveRefusal(.badSignature, "the directive's signature is wrong") }
        let directive = try Directive(encoded: body)
        guard directive.ship == ship else {
            throw DirectiveRefusal(.otherShip, "the directive is for \(directive.ship)")
        }
        guard directive.counter > counter else {
            throw DirectiveRefusal(
                .replayed,
                "the directive has counter \(directive.counter), and \(counter) was taken"
            )
        }
        if let notAfter = directive.notAfter, now > notAfter, !directive.order.isStop {
            throw DirectiveRefusal(.expired, "the directive was good until \(notAfter)")
        }
        return directive
    }
}

extension Directive.Order {
    /// An order to stop is as good late as early.
    fileprivate var isStop: Bool {
        switch self {
        case .revoke, .distrust: true
        default: false
        }
    }
}

/// Why a ship does not do what it was ordered.
package struct DirectiveRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// Raw values are words of the wire and of the API.
    package enum Code: String, Sendable, CaseIterable {
        // Found in the directive itself.
        case malformed
        case unknownKey = "unknown_key"
        case badSignature = "bad_signature"
        case otherShip = "other_ship"
        /// Its counter was seen, or a higher one.
        case replayed
        case expired
        // Found aboard.
        case noSuchSlot = "no_such_slot"
        /// What runs in the slot is not what the shore takes for it.
        case otherVersion = "other_version"
        case revoked
        case noSuchProbe = "no_such_probe"
        case noSpace = "no_space"
        case notHeld = "not_held"
        case busy
    }

    package let code: Code
    /// One line for people.
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
}

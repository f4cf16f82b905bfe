/// Why a ship's session can't go on ashore.
package enum IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The ship or its certificate was revoked while it was connected.
    case revoked
    /// Ship and shore do not mean the same bytes by a position.
    case disagreement(String)
    /// Another agent is connected under the same identity.
    case twin
    /// The database can't be reached; the ship should come again.
    case unavailable(String)

    package var description: String {
        switch self {
        case .revoked: "the ship is revoked"
        case .twin: "another agent is connected under this ship's identity"
        case .disagreement(let reason), .unavailable(let reason): reason
        }
    }
}

/// Why a ship's session can't go on ashore.
package enum IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The ship or its certificate was revoked while it was connected.
    case revoked
    /// Ship and shore do not mean the same bytes by a position.
    case disagreement(String)
    /// Another agent is connected under the same identity.
    case twin
    /// A limit of the tenant's is reached: what the ship has not sent yet stays aboard.
    case quota(Quota.Limit, retryAfter: Int)
    /// The database can't be reached; the ship should come again.
    case unavailable(String)

    package var description: String {
        switch self {
        case .revoked: "the ship is revoked"
        case .quota(let limit, _): "the tenant's limit '\(limit.rawValue)' is reached"
        case .twin: "another agent is connected under this ship's identity"
        case .disagreement(let reason), .unavailable(let reason): reason
        }
    }
}

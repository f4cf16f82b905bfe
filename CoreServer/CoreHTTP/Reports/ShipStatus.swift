import CoreDomain
import FleetModel

/// How a ship stands, as far as the shore can tell from its last contact.
enum ShipStatus: Sendable, Equatable {
    /// Heard within `connectedWithin`.
    case connected
    /// Not heard for so long.
    case silent(Duration)
    case revoked
    case neverHeard

    /// A ship with an idle link still speaks every few minutes.
    static let connectedWithin = Duration.seconds(600)
    /// What the fleet's summary counts as reachable.
    static let reachableWithin = Duration.seconds(3600)

    init(of ship: ShipReport, at now: Timestamp) {
        if ship.isRevoked {
            self = .revoked
        } else if let contact = ship.lastContact {
            let silence = now - contact
            self = silence <= Self.connectedWithin ? .connected : .silent(silence)
        } else {
            self = .neverHeard
        }
    }

    var isReachable: Bool {
        switch self {
        case .connected: true
        case .silent(let silence): silence <= Self.reachableWithin
        case .revoked, .neverHeard: false
        }
    }

    /// One word for programs, and the class that colours a page's pill.
    var word: String {
        switch self {
        case .connected: "connected"
        case .silent: "silent"
        case .revoked: "revoked"
        case .neverHeard: "never_heard"
        }
    }

    /// For people.
    var label: String {
        switch self {
        case .connected: "Connected"
        case .silent(let silence): "Silent for \(HumanText.duration(silence))"
        case .revoked: "Revoked"
        case .neverHeard: "Never heard"
        }
    }
}

/// How far one ship has come with one deployment. The words are those of the API, the tables and the wire.
package enum ShipDeploymentState: String, Sendable, CaseIterable, Codable {
    // Known ashore alone.
    case scheduled
    case preparing
    case offered
    case awaitingReconnect = "awaiting_reconnect"
    case inconclusive
    case lost
    // Told by the ship.
    case downloading
    case staged
    /// Verified, with space for it and for the way back; waits for the rule.
    case armed
    case activating
    case soaking
    case succeeded
    /// Nothing was changed aboard.
    case failedNoChange = "failed_no_change"
    case failedRolledBack = "failed_rolled_back"
    /// The new version failed, and the one before could not be brought back.
    case failedNotRolledBack = "failed_not_rolled_back"
    /// What runs now is not known to work.
    case failedUnable = "failed_unable"
    case refused
    case canceled
    case superseded

    /// Nothing more comes of it.
    package var isFinal: Bool {
        switch self {
        case .succeeded, .failedNoChange, .failedRolledBack, .failedNotRolledBack, .failedUnable,
            .refused, .canceled, .superseded, .inconclusive, .lost:
            true
        default: false
        }
    }

    package var isFailure: Bool {
        switch self {
        case .failedNoChange, .failedRolledBack, .failedNotRolledBack, .failedUnable: true
        default: false
        }
    }
}

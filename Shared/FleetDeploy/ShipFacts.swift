import FleetModel

/// What is known aboard of the ship's situation, and since when.
package struct ShipFacts: Sendable, Equatable {
    /// Raw values are wire values.
    package enum Navigation: UInt8, Sendable, CaseIterable, CustomStringConvertible {
        case underWay = 1
        case atAnchor = 2
        case inPort = 3

        package var description: String {
            switch self {
            case .underWay: "under_way"
            case .atAnchor: "at_anchor"
            case .inPort: "in_port"
            }
        }
    }

    /// `nil` while nobody has said.
    package var navigation: Navigation?
    /// When the navigation was last confirmed, by the ship's clock.
    package var knownAt: Timestamp?
    /// The ship's time less UTC, in minutes.
    package var zoneMinutes: Int
    /// Somebody aboard says that hands are there to help.
    package var isAttended: Bool
    /// Whatever else is kept aboard, such as `machinery` = `stopped`.
    package var labels: [String: String]

    package init(
        navigation: Navigation? = nil,
        knownAt: Timestamp? = nil,
        zoneMinutes: Int = 0,
        isAttended: Bool = false,
        labels: [String: String] = [:]
    ) {
        self.navigation = navigation
        self.knownAt = knownAt
        self.zoneMinutes = zoneMinutes
        self.isAttended = isAttended
        self.labels = labels
    }
}

import FleetModel

/// When and over what a ship may fetch the bytes: judged aboard, and ashore before they are released.
package struct DownloadRule: Sendable, Equatable {
    package static let bearerLimit = 16

    /// Names of link classes; empty: over any.
    package var bearers: Set<String>
    package var navigation: Set<ShipFacts.Navigation>
    /// Empty: at any hour.
    package var windows: [LocalWindow]
    /// Bytes a UTC day for this artifact; `nil` for as many as the link's own budget lets.
    package var dailyBytes: UInt64?

    package init(
        bearers: Set<String> = [],
        navigation: Set<ShipFacts.Navigation> = [],
        windows: [LocalWindow] = [],
        dailyBytes: UInt64? = nil
    ) {
        self.bearers = bearers
        self.navigation = navigation
        self.windows = windows
        self.dailyBytes = dailyBytes
    }

    package static let always = Self()

    /// - Parameters:
    ///   - bearer: the link class that is in use; `nil` if it is not known.
    ///   - spent: bytes of this artifact that came in this UTC day.
    package func verdict(
        _ facts: ShipFacts,
        bearer: String?,
        spent: UInt64,
        at now: Timestamp
    ) -> RuleVerdict {
        if !bearers.isEmpty, bearer.map(bearers.contains) != true {
            let wanted = bearers.sorted().joined(separator: " or ")
            return .waiting("the link is \(bearer ?? "not known"), not \(wanted)")
        }
        if let dailyBytes, spent >= dailyBytes {
            return .waiting("today's \(dailyBytes) bytes are spent")
        }
        return ActivationRule(navigation: navigation, windows: windows).verdict(facts, at: now)
    }
}

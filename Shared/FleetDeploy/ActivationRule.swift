import FleetModel

/// When a ship may begin to run what it has staged: judged aboard, by what is known there.
///
/// What is not known counts as forbidden: a rule that asks for a ship in port does not take silence for it.
package struct ActivationRule: Sendable, Equatable {
    package static let windowLimit = 8
    package static let labelLimit = 8

    /// Empty: anywhere.
    package var navigation: Set<ShipFacts.Navigation>
    /// Facts older than this count as unknown. In seconds; `nil` for any age.
    package var longestFactAge: UInt32?
    /// Empty: at any hour.
    package var windows: [LocalWindow]
    package var needsAttendance: Bool
    /// Labels of the ship's facts that have to be as given.
    package var labels: [String: String]
    package var notBefore: Timestamp?
    package var notAfter: Timestamp?

    package init(
        navigation: Set<ShipFacts.Navigation> = [],
        longestFactAge: UInt32? = nil,
        windows: [LocalWindow] = [],
        needsAttendance: Bool = false,
        labels: [String: String] = [:],
        notBefore: Timestamp? = nil,
        notAfter: Timestamp? = nil
    ) {
        self.navigation = navigation
        self.longestFactAge = longestFactAge
        self.windows = windows
        self.needsAttendance = needsAttendance
        self.labels = labels
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    package static let always = Self()

    package func verdict(_ facts: ShipFacts, at now: Timestamp) -> RuleVerdict {
        if let notAfter, now > notAfter { return .expired("it was to be done by \(notAfter)") }
        if let notBefore, now < notBefore {
            return .waiting("it is not to be done before \(notBefore)")
        }
        if !navigation.isEmpty {
            let wanted = navigation.map(\.description).sorted().joined(separator: " or ")
            guard let known = facts.navigation, !isStale(facts, at: now) else {
                return .waiting("nobody knows whether the ship is \(wanted)")
            }
            guard navigation.contains(known) else {
                return .waiting("the ship is \(known), not \(wanted)")
            }
        }
        guard
            windows.isEmpty
                || windows.contains(where: { $0.contains(now, zoneMinutes: facts.zoneMinutes) })
        else { return .waiting("it is none of the hours for it, by the ship's time") }
        guard !needsAttendance || facts.isAttended else {
            return .waiting("nobody aboard attends")
        }
        for (name, value) in labels.sorted(by: { $0.key < $1.key })
        where facts.labels[name] != value {
            return .waiting("\(name) is not \(value)")
        }
        return .allowed
    }

    private func isStale(_ facts: ShipFacts, at now: Timestamp) -> Bool {
        guard let longestFactAge else { return false }
        guard let knownAt = facts.knownAt else { return true }
        // Facts of the future are no better than old ones: a clock was set.
        let age = now.milliseconds.subtractingReportingOverflow(knownAt.milliseconds)
        return age.overflow || abs(age.partialValue) > Int64(longestFactAge) * 1000
    }
}

import FleetDeploy

/// A version, as it truly is.
package struct RolloutScenario: Sendable {
    package let name: String
    /// Shares of ships on which it fails so.
    package var failsProbe = 0.0
    package var failsLate = 0.0
    package var silences = 0.0
    package var strands = 0.0
    /// Bytes that a ship has to fetch.
    package var bytes = 6e6
    package var rule = ActivationRule(navigation: [.inPort, .atAnchor], longestFactAge: 3600)
    /// Of the rule that is used: facts that are so old may have become wrong unnoticed.
    static let longestFactAge: Int64 = 3600

    package init(
        name: String,
        failsProbe: Double = 0,
        failsLate: Double = 0,
        silences: Double = 0,
        strands: Double = 0
    ) {
        self.name = name
        self.failsProbe = failsProbe
        self.failsLate = failsLate
        self.silences = silences
        self.strands = strands
    }

    package var failing: Double { failsProbe + failsLate + silences + strands }

    /// - Parameter draw: of the ship and the version, 0 to below 1.
    func fate(_ draw: Double) -> VersionFate {
        var rest = draw
        for (share, fate) in [
            (failsProbe, VersionFate.failsProbe), (failsLate, .failsLate), (silences, .silences),
            (strands, .strands),
        ] {
            if rest < share { return fate }
            rest -= share
        }
        return .works
    }

    /// What the rules are compared on; 5 % are tolerated.
    package static let compared: [RolloutScenario] = [
        RolloutScenario(name: "sound, 0.5 % fail", failsProbe: 0.005),
        RolloutScenario(name: "sound, 2 % fail", failsProbe: 0.02),
        RolloutScenario(name: "bad, 10 % fail", failsProbe: 0.1),
        RolloutScenario(name: "bad, 30 % fail", failsProbe: 0.3),
        RolloutScenario(name: "bad, all fail", failsProbe: 1),
        RolloutScenario(name: "bad, 30 % go silent", silences: 0.3),
        RolloutScenario(name: "bad, 30 % fail days later", failsLate: 0.3),
    ]
}

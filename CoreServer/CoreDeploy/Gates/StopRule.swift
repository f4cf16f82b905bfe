/// When a wave is stopped: judged on the ships that reported, whatever the others do.
///
/// What is known of the share of ships that fail is a Beta distribution: ten imagined ships that fail as often
/// as is tolerated, and the real ones. With fewer imagined ones, two unlucky ships at a wave's start stop a
/// sound version, as it is looked at again and again (`./Deploy/bench waves`). A division by all ships of the wave would hide bad news behind those
/// that are at sea; a division by few would stop on one unlucky ship.
package struct StopRule: Sendable, Equatable, Codable {
    /// The share of ships that may fail, above 0 and below 1.
    package var tolerated: Double
    /// Stops when more fail than tolerated with at least this chance; above 0.5, below 1.
    package var confidence: Double
    /// Reports below which one failure more or less decides nothing.
    package var minimumReports: Int
    /// Ships that may be left without a version that is known to work, before anything else is asked.
    package var strandedLimit: Int

    package init(
        tolerated: Double = 0.05,
        confidence: Double = 0.95,
        minimumReports: Int = 5,
        strandedLimit: Int = 0
    ) {
        self.tolerated = tolerated
        self.confidence = confidence
        self.minimumReports = minimumReports
        self.strandedLimit = strandedLimit
    }

    /// What is wrong with the values, for people; `nil` if nothing is.
    package var fault: String? {
        if !(tolerated > 0 && tolerated < 1) { return "tolerated has to lie between 0 and 1" }
        if !(confidence > 0.5 && confidence < 1) {
            return "confidence has to lie between 0.5 and 1"
        }
        if !(1...1_000_000 ~= minimumReports) { return "minimumReports has to be 1 to 1,000,000" }
        if !(0...1_000_000 ~= strandedLimit) { return "strandedLimit has to be 0 to 1,000,000" }
        return nil
    }

    private static let imagined = 10.0

    /// The chance that more ships fail than are tolerated.
    package func chanceOfExcess(failures: Double, successes: Double) -> Double {
        // The complement's own fraction: 1 - I would lose the small chances.
        IncompleteBeta.value(
            1 - tolerated,
            Self.imagined * (1 - tolerated) + successes,
            Self.imagined * tolerated + failures
        )
    }
}

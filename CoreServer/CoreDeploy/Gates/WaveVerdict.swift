/// What a gate decided, with all that it decided by.
package struct WaveVerdict: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        /// The next wave may begin.
        case pass
        /// The version is stopped.
        case fail
        /// More is to come that may decide.
        case waiting
        /// Nothing is to come any more, and it does not suffice: a person has to say.
        case inconclusive
    }

    package let kind: Kind
    /// For people, one line.
    package let reason: String
    /// The chance that more ships fail than are tolerated.
    package let chanceOfExcess: Double
    package let counts: WaveCounts
    package let rule: WaveRule

    /// Whether this takes back a pass: the version fails after all, or is no longer likely enough to be good.
    ///
    /// A pass is not taken back because ships of the wave left it or have more to tell.
    package func takesBack(_ earlier: Kind) -> Bool {
        guard earlier == .pass else { return false }
        return kind == .fail || 1 - chanceOfExcess < rule.go.confidence
    }
}

/// How far a wave has come.
package enum WaveState: String, Codable, Sendable, CaseIterable {
    case scheduled
    /// What its ships need is being built.
    case preparing
    /// Its ships are given their orders.
    case running
    /// Its gate can't say, or took back what it had said: a person has to.
    case held
    case finished
    /// Its gate said stop.
    case error
}

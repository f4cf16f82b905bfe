/// What a ship holds a version to once it runs, and what it does by itself when that fails.
package struct AcceptanceContract: Sendable, Equatable {
    /// Raw values are wire values.
    package enum AtExpiry: UInt8, Sendable, CaseIterable {
        case rollBack = 1
        case stay = 2
        /// Stays, and asks the crew or the shore by an event.
        case ask = 3
    }

    package let probes: [Probe]
    /// Seconds for which every probe has to be fine before the version is committed.
    package let soak: UInt32
    /// Seconds from the activation after which a version that is not committed has failed; more than `soak`.
    /// It counts while the agent does not run, too.
    package let deadMan: UInt32
    /// What is done when `deadMan` is over and no probe has decided.
    package let atExpiry: AtExpiry

    package static let longest: UInt32 = 90 * 86_400

    package init(
        probes: [Probe] = [],
        soak: UInt32 = 60,
        deadMan: UInt32 = 3600,
        atExpiry: AtExpiry = .rollBack
    ) {
        self.probes = probes
        self.soak = soak
        self.deadMan = deadMan
        self.atExpiry = atExpiry
    }
}

/// What the ship found of what the shore wanted. The samples come in the lane backlog, before others.
package struct WantAnswer: Sendable, Equatable {
    package enum Outcome: UInt8, Sendable, CaseIterable {
        /// All that was aboard comes, or is on its way already.
        case held = 1
        /// The newest of what was aboard comes; the rest would be more than was allowed.
        case partly = 2
        /// Nothing of it waits aboard: it is ashore, or not there any more.
        case notHeld = 3
        /// Something is aboard, and not even one piece of it is within what was allowed.
        case overBudget = 4
    }

    package let id: UInt64
    package let outcome: Outcome
    /// What comes because of it.
    package let samples: UInt64
    package let bytes: UInt64

    package init(id: UInt64, outcome: Outcome, samples: UInt64, bytes: UInt64) {
        self.id = id
        self.outcome = outcome
        self.samples = samples
        self.bytes = bytes
    }
}

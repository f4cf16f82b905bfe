/// What became of one deployment.
package struct RolloutResult: Sendable {
    package let policy: String
    /// Ships on which a version ran that was bad for them.
    package internal(set) var harmed = 0
    package internal(set) var activated = 0
    package internal(set) var isStopped = false
    /// Days from the start; `nil` where it was not stopped.
    package internal(set) var stoppedAfter: Double?
    /// Days until nine of ten ships had succeeded; `nil` where they never had.
    package internal(set) var doneAfter: Double?
    /// Ships that activated after the stop, and how many the shore had said would.
    package internal(set) var activatedAfterStop = 0
    package internal(set) var predictedAfterStop = 0.0
    /// Ships that were armed at the stop, by what they had told.
    package internal(set) var armedAtStop = 0
    /// Of those that activated after the stop, the ones that had been in contact in between.
    package internal(set) var activatedDespiteContact = 0
    /// Activations where the ship was not as the rule wants it, and where its facts were too old.
    package internal(set) var forbidden = 0
    /// Of the forbidden, those on facts that were fresh enough for the rule and had just become wrong.
    package internal(set) var onFactsJustWrong = 0
    /// Ships whose last known place ashore would have allowed what the ship's own facts forbade.
    package internal(set) var shoreWasWrong = 0
    /// Ships of which shore and ship do not say the same, though the ship has told all.
    package internal(set) var unknown = 0
    package internal(set) var contacts = 0

    /// It neither stopped nor came to its end: a person has to say.
    package var isHeld: Bool { !isStopped && doneAfter == nil }
}

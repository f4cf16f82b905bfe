/// What became of one request: every sample in it is in exactly one of these counts.
package struct RemoteWriteOutcome: Sendable, Equatable {
    /// Durable now.
    package var accepted = 0
    /// The ship has them: they were sent again.
    package var duplicates = 0
    /// Dropped by a relabelling rule, as the operator wants.
    package var dropped = 0
    /// Before the series' newest sample.
    package var outOfOrder = 0
    /// Another value at the time of the series' newest sample.
    package var conflicts = 0
    /// Too far from the ship's clock.
    package var outOfBounds = 0
    /// Of series that may not be taken in, by why.
    package var refused: [LabelViolation: Int] = [:]
    /// Native histograms, which the ship does not take in.
    package var histograms = 0
    /// Exemplars, which nobody ashore asks for.
    package var exemplars = 0
    /// The whole request was here before.
    package var isRepeated = false

    package init() {}

    package var refusedCount: Int { refused.values.reduce(0, +) }

    /// Whether something was not taken in that the sender meant to be: that is never silent.
    package var isPartial: Bool {
        outOfOrder + conflicts + outOfBounds + refusedCount + histograms > 0
    }

    /// In a sentence, for the sender and the log.
    package var description: String {
        var parts: [String] = []
        func add(_ count: Int, _ text: String) { if count > 0 { parts.append("\(count) \(text)") } }
        add(outOfOrder, "samples are out of order")
        add(conflicts, "samples repeat a time of their series with another value")
        add(outOfBounds, "samples are too far from the ship's clock")
        add(histograms, "native histograms are not taken in: send classic ones")
        for (violation, count) in refused.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            add(count, "samples are of series where \(violation)")
        }
        let reasons = parts.joined(separator: "; ")
        return "\(accepted + duplicates) samples are taken in; \(reasons)"
    }
}

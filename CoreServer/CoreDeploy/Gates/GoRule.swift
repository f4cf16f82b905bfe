/// When the next wave may begin.
package struct GoRule: Sendable, Equatable, Codable {
    /// The share of the wave's ships that have to run the version, proven; above 0, at most 1.
    package var quorum: Double
    /// With at least this chance no more fail than tolerated; 0 to below 1.
    package var confidence: Double
    /// Seconds after its success for which a ship's reports have to be known, without bad news, before it
    /// counts as proven. They are counted in what is known of the ship, not on the shore's clock: a ship
    /// that nobody heard of proves nothing by waiting.
    package var soak: Int64

    package init(quorum: Double = 0.8, confidence: Double = 0.5, soak: Int64 = 86_400) {
        self.quorum = quorum
        self.confidence = confidence
        self.soak = soak
    }

    /// What is wrong with the values, for people; `nil` if nothing is.
    package var fault: String? {
        if !(quorum > 0 && quorum <= 1) { return "quorum has to lie above 0 and at most at 1" }
        if !(confidence >= 0 && confidence < 1) { return "confidence has to lie from 0 to below 1" }
        if !(0...90 * 86_400 ~= soak) { return "soak has to be at most 90 days" }
        return nil
    }

    /// Proven ships that are enough of this many; never none.
    package func needed(of ships: Int) -> Int {
        // A quorum of 0.7 of 10 is 7, though 0.7 * 10 is a little more in binary.
        max(1, Int((quorum * Double(ships) - 1e-9).rounded(.up)))
    }
}

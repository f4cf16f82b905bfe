import FleetModel

/// What a ship told of a candidate in one of its slots, on one day: an event of `Agreement.eventKind`, read.
package struct AgreementReport: Sendable, Equatable {
    package let slot: SlotName
    package let digest: TreeDigest
    /// Since 1970, by the ship's clock.
    package let day: Int32
    package let agreeing: Int64
    package let disagreeing: Int64
    /// Of the absolute differences.
    package let sum: Double
    package let largest: Double

    /// More values of a day than these are nobody's honest count, and would not add up.
    private static let countLimit: Int64 = 1_000_000_000_000

    /// `nil` for an event that tells no agreement.
    package init?(_ event: FleetEvent) {
        guard event.kind == Agreement.eventKind else { return nil }
        let words = event.message.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 7, let slot = SlotName(String(words[0])),
            let digest = TreeDigest(text: String(words[1])), let day = Int32(words[2]),
            let agreeing = Int64(words[3]), let disagreeing = Int64(words[4]),
            0...Self.countLimit ~= agreeing, 0...Self.countLimit ~= disagreeing,
            let sum = Double(words[5]), let largest = Double(words[6])
        else { return nil }
        self.slot = slot
        self.digest = digest
        self.day = day
        self.agreeing = agreeing
        self.disagreeing = disagreeing
        self.sum = sum.isNaN ? 0 : sum
        self.largest = largest.isNaN ? 0 : largest
    }
}

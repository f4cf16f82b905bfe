import FleetModel

/// How well a candidate agreed with its champion, on one UTC day: small, and days of many ships add up.
package struct Agreement: Codable, Sendable, Equatable {
    package static let eventKind = "shadow_agreement"

    /// By the days since 1970.
    package let day: Int32
    package private(set) var agreeing: UInt64 = 0
    package private(set) var disagreeing: UInt64 = 0
    /// Of the absolute differences.
    package private(set) var sum = 0.0
    package private(set) var largest = 0.0

    package init(day: Int32) { self.day = day }

    package var count: UInt64 { agreeing + disagreeing }
    package var mean: Double { count == 0 ? 0 : sum / Double(count) }

    package mutating func add(champion: Double, candidate: Double, tolerance: Double) {
        guard champion.isFinite, candidate.isFinite else {
            // One of them knows nothing: they agree only if neither does.
            if champion.isFinite == candidate.isFinite { agreeing += 1 } else { disagreeing += 1 }
            return
        }
        let difference = abs(champion - candidate)
        if difference <= tolerance { agreeing += 1 } else { disagreeing += 1 }
        sum += difference
        largest = max(largest, difference)
    }

    /// `slot digest day agreeing disagreeing sum largest`: sums add up, and of the largest the largest counts.
    package func event(slot: String, digest: String, at moment: Timestamp) -> FleetEvent {
        FleetEvent(
            at: moment,
            severity: .info,
            kind: Self.eventKind,
            message: "\(slot) \(digest) \(day) \(agreeing) \(disagreeing) \(sum) \(largest)"
        )
    }
}

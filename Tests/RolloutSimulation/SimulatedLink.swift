import FleetModel
import FleetTestSupport

/// When a ship comes, and what it can carry then: good links, middling ones, and such that work when they
/// feel like it; all of them fail for weeks now and then.
struct SimulatedLink {
    private var random: SeededGenerator
    private let gap: Double
    private let bytes: Double
    private var outageFrom: Int64
    private var outageUntil: Int64

    init(seed: UInt64, ship: Int) {
        random = .derived(seed: seed &+ 1, ordinal: ship)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: (gap, bytes) = (6 * 3600, 8e6)
        case 5..<8: (gap, bytes) = (20 * 3600, 3e6)
        default: (gap, bytes) = (60 * 3600, 1.5e6)
        }
        outageFrom = Int64(random.exponential(mean: 200 * 86_400))
        outageUntil = outageFrom + Int64(random.exponential(mean: 14 * 86_400))
    }

    /// The next contact, and the bytes that come down in it.
    mutating func next(after now: Int64) -> (at: Int64, bytes: Double) {
        var at = now + 300 + Int64(random.exponential(mean: gap))
        while at >= outageFrom {
            if at < outageUntil { at = outageUntil + Int64(random.exponential(mean: 3600)) }
            outageFrom = outageUntil + Int64(random.exponential(mean: 200 * 86_400))
            outageUntil = outageFrom + Int64(random.exponential(mean: 14 * 86_400))
        }
        return (at, random.exponential(mean: bytes))
    }

    /// Whether something happens in this contact that happens so often.
    mutating func chance(_ probability: Double) -> Bool { random.chance(probability) }
}

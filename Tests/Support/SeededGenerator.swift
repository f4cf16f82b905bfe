import Glibc

/// Random numbers that a failure can repeat: xoshiro256**, started from one number by SplitMix64.
///
/// After Blackman and Vigna, https://prng.di.unimi.it. Not for secrets.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    package init(seed: UInt64) {
        var mixer = seed
        // One after the other: the four words must differ, and never all be zero.
        let first = Self.splitMix(&mixer)
        let second = Self.splitMix(&mixer)
        let third = Self.splitMix(&mixer)
        let fourth = Self.splitMix(&mixer)
        state = (first, second, third, fourth)
    }

    package mutating func next() -> UInt64 {
        let result = Self.rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, by: 45)
        return result
    }

    /// An exponentially distributed number with this mean, at least zero.
    package mutating func exponential(mean: Double) -> Double {
        -mean * log(1 - Double.random(in: 0..<1, using: &self))
    }

    /// True once in `1 / probability` times.
    package mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    /// The seed for a test: `HAWSER_SEED` if it is set, else a new one each run.
    ///
    /// Prints `seed <name>=<n>`, so that a failure's output says how to repeat it:
    /// `HAWSER_SEED=<n> swift test --filter …`.
    package static func seed(name: String) -> UInt64 {
        let given = getenv("HAWSER_SEED").flatMap { UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 0...(.max))
        print("seed \(name)=\(seed)")
        return seed
    }

    /// A generator of its own for one of many parties, so that they do not disturb each other.
    package static func derived(seed: UInt64, ordinal: Int) -> SeededGenerator {
        var mixer = seed ^ (UInt64(truncatingIfNeeded: ordinal) &* 0xD134_2543_DE82_EF95)
        return SeededGenerator(seed: splitMix(&mixer))
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static func rotated(_ value: UInt64, by bits: UInt64) -> UInt64 {
        (value << bits) | (value >> (64 - bits))
    }
}

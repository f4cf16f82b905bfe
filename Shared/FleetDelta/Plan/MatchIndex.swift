/// Where in the base any eight bytes occur: heads by hash, and a chain from each place to the one before it
/// with the same hash.
///
/// Memory: 16 MiB and 4 bytes a place, of which there are at most 2²⁵; of a larger base every second, third …
/// place is taken.
final class MatchIndex {
    private static let headBits: UInt64 = 22
    private static let mostPlaces = 1 << 25
    static let width = 8

    private let old: Bytes
    private let step: Int
    private let heads: UnsafeMutablePointer<Int32>
    private let chain: UnsafeMutablePointer<Int32>

    init(_ old: Bytes) {
        self.old = old
        step = max(1, (old.count + Self.mostPlaces - 1) / Self.mostPlaces)
        let places = max(0, old.count - Self.width + 1) / step + 1
        heads = .allocate(capacity: 1 << Int(Self.headBits))
        heads.initialize(repeating: -1, count: 1 << Int(Self.headBits))
        chain = .allocate(capacity: places)
        var place = 0
        var number = 0
        while place + Self.width <= old.count {
            let key = Self.key(old.word(place))
            chain[number] = heads[key]
            heads[key] = Int32(truncatingIfNeeded: number)
            number += 1
            place += step
        }
    }

    deinit {
        heads.deallocate()
        chain.deallocate()
    }

    @inline(__always)
    private static func key(_ word: UInt64) -> Int {
        Int((word &* 0x9FB2_1C65_1E98_DF25) >> (64 - headBits))
    }

    /// The longest match of what begins at `place` of `new`, the one nearest to `expected` among equals.
    @inline(__always)
    func longest(_ new: Bytes, _ place: Int, expected: Int, depth: Int) -> (old: Int, length: Int) {
        guard place + Self.width <= new.count else { return (0, 0) }
        let word = new.word(place)
        var number = Int(heads[Self.key(word)])
        var best = (old: 0, length: 0)
        var tries = depth
        while number >= 0, tries > 0 {
            let candidate = number &* step
            if old.word(candidate) == word {
                let length = new.common(place, old, candidate)
                if length > best.length
                    || length == best.length && abs(candidate - expected) < abs(best.old - expected)
                {
                    best = (candidate, length)
                    if length > 1024 { break }
                }
            }
            tries &-= 1
            number = Int(chain[number])
        }
        return best
    }
}

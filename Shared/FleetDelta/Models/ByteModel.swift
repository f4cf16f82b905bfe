/// Predicts bytes bit by bit from what was written before and from the base's bytes beside the place, and mixes
/// the predictions. For bytes that differ from the base's and for those that have no counterpart there.
struct ByteModel {
    /// Hashed contexts; with those below, the mixer's inputs.
    private static let contexts = 13
    private static let historyBits: UInt32 = 22
    private static let matchBits: UInt32 = 18
    private static let shortestMatch = 5
    private static let cellLimit: UInt32 = 250

    private let memory: ModelMemory
    private let rates = Logistic.shared.rates
    private let stretch = Logistic.shared.stretch
    private let squash = Logistic.shared.squash
    /// 16 cells each: a check, then the tree of a nibble. Zeros are slots that have learnt nothing.
    private let slots: UnsafeMutablePointer<UInt32>
    private let slotMask: Int
    private let found: UnsafeMutablePointer<Int>
    private let hashes: UnsafeMutablePointer<UInt32>
    private let inputs: UnsafeMutablePointer<Int32>
    private let matchCells: UnsafeMutablePointer<UInt32>
    private let byNode: Mixer
    private let byState: Mixer

    private let history: UnsafeMutablePointer<UInt8>
    private let places: UnsafeMutablePointer<UInt32>
    private var position = 0
    private var matchAt = 0
    private var matchLength = 0
    private var word: UInt32 = 0
    /// Whether the last differing bytes were as far from the base's as those before, the newest lowest.
    private var shiftHits: UInt8 = 0
    /// The last eight bytes, the newest lowest.
    private(set) var recent: UInt64 = 0

    /// Bytes from one record to the next; 0 for none.
    let period: Int

    init(_ memory: ModelMemory, slotBits: Int, period: Int) {
        self.memory = memory
        self.period = period
        slots = memory.allocate(UInt32.self, count: 16 << slotBits)
        slotMask = 1 << slotBits - 1
        found = memory.allocate(Int.self, count: 16)
        hashes = memory.allocate(UInt32.self, count: 16)
        inputs = memory.allocate(Int32.self, count: 16)
        matchCells = memory.allocate(UInt32.self, count: 64)
        byNode = Mixer(memory, inputs: 16, sets: 2 * 256, initial: 19_000, shift: 18)
        byState = Mixer(memory, inputs: 16, sets: 2 * 16 * 8, initial: 19_000, shift: 18)
        history = memory.allocate(UInt8.self, count: 1 << Int(Self.historyBits))
        places = memory.allocate(UInt32.self, count: 1 << Int(Self.matchBits))
    }

    @inline(__always)
    private static func hash(_ a: UInt64, _ b: UInt64) -> UInt32 {
        let mixed = (a &+ b &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    @inline(__always)
    func byte(back distance: Int) -> UInt64 {
        UInt64(history[(position &- distance) & (1 << Int(Self.historyBits) - 1)])
    }

    /// - Parameters:
    ///   - old: the base's bytes at the place, from 8 before to 8 behind it; of no meaning if not `aligned`.
    ///   - column: the place within the frame.
    mutating func code<Bits: BinaryCoder>(
        _ byte: UInt8,
        aligned: Bool,
        old: UnsafePointer<UInt8>,
        lastDifference: UInt64,
        column: Int,
        _ bits: inout Bits
    ) -> UInt8 {
        let r = recent
        let c1 = r & 0xFF
        let c2 = r >> 8 & 0xFF
        let above = period > 0 ? self.byte(back: period) : 0
        let place = period > 0 ? UInt64(column % period) : 0
        let side: UInt64 = aligned ? 1 : 0
        let h = hashes
        h[0] = Self.hash(c1, 1 | side << 8)
        h[1] = Self.hash(r & 0xFFFF, 2)
        h[2] = Self.hash(r & 0xFF_FFFF, 3)
        h[3] = Self.hash(r & 0xFFFF_FFFF, 4)
        h[4] = Self.hash(r & 0xFFFF_FFFF_FFFF, 5)
        h[5] = Self.hash(UInt64(word), 6 | c1 << 8)
        h[6] = Self.hash(place | above << 8, 7)
        h[7] = Self.hash(place | above << 8 | c1 << 16, 8)
        h[8] = Self.hash(r >> 8 & 0xFFFF, 9 | place << 8)
        if aligned {
            let o0 = UInt64(old[0])
            let o1 = UInt64(old[1])
            let before = UInt64(old[-1])
            let difference = (c1 &- before) & 0xFF
            h[9] = Self.hash(o0 | difference << 8, 10)
            h[10] = Self.hash(o0 | o1 << 8 | c1 << 16, 11)
            h[11] = Self.hash(o0 | lastDifference << 8, 12)
            h[12] = Self.hash(o0 | place << 8, 13)
        } else {
            h[9] = Self.hash(r >> 16 & 0xFFFF, 14)
            h[10] = Self.hash(r & 0xFF_FFFF_FFFF, 15)
            h[11] = Self.hash(place | c1 << 8 | c2 << 16, 16)
            h[12] = Self.hash(r >> 24 & 0xFF, 17 | (r >> 56) << 8)
        }
        let expected: Int
        let matchState: Int
        if matchLength > 0 {
            expected = Int(history[matchAt & (1 << Int(Self.historyBits) - 1)])
            matchState = min(matchLength, 15) + min(matchLength >> 4, 16)
        } else {
            expected = 0
            matchState = 0
        }

        let shifted = aligned ? Int((UInt64(old[0]) &+ lastDifference) & 0xFF) : 0
        var node = 1
        let result = codeNibbles(
            Int(byte),
            Int(side),
            expected,
            matchState,
            shifted,
            Int(shiftHits & 15),
            &node,
            &bits
        )
        if aligned { shiftHits = shiftHits << 1 | (result == shifted ? 1 : 0) }
        note(UInt8(result))
        return UInt8(result)
    }

    @inline(__always)
    private func codeNibbles<Bits: BinaryCoder>(
        _ byte: Int,
        _ side: Int,
        _ expected: Int,
        _ matchState: Int,
        _ shifted: Int,
        _ shiftState: Int,
        _ node: inout Int,
        _ bits: inout Bits
    ) -> Int {
        let inputs = inputs
        let found = found
        let slots = slots
        let setByLength = (min(matchState, 15) + side &* 16) &* 8
        for half in 0..<2 {
            for index in 0..<Self.contexts {
                var hash = hashes[index]
                if half == 1 {
                    hash = (hash &+ UInt32(truncatingIfNeeded: node) &* 0x9E37_79B1) &* 0x85EB_CA6B
                    hash ^= hash >> 15
                }
                let slot = (Int(hash) & slotMask) &* 16
                let check = hash >> 12 | 1
                if slots[slot] != check {
                    slots[slot] = check
                    for cell in 1..<16 { slots[slot &+ cell] = 0 }
                }
                found[index] = slot
            }
            var inner = 1
            for step in 0..<4 {
                for index in 0..<Self.contexts {
                    inputs[index] = Int32(stretch[Cell.probability(slots[found[index] &+ inner])])
                }
                let shift = 7 - half * 4 - step
                // The match predicts as long as it was right in this byte.
                let live = matchState > 0 && (expected | 256) >> (shift + 1) == node
                let expectedBit = expected >> shift & 1
                var matchInput = 0
                if live {
                    matchInput = Int(stretch[Cell.probability(matchCells[matchState])])
                    if expectedBit == 0 { matchInput = -matchInput }
                }
                inputs[13] = Int32(truncatingIfNeeded: matchInput)
                // Addresses move by what their neighbours moved by.
                let isShifted = side != 0 && (shifted | 256) >> (shift + 1) == node
                let shiftedBit = shifted >> shift & 1
                var other = 0
                if isShifted {
                    other = Int(stretch[Cell.probability(matchCells[48 &+ shiftState])])
                    if shiftedBit == 0 { other = -other }
                } else if live && side == 0 {
                    other = (expectedBit == 0 ? -1 : 1) * min(matchState * 32, 1000)
                }
                inputs[14] = Int32(truncatingIfNeeded: other)
                inputs[15] = 256
                let first = node &+ side &* 256
                let second = (live ? setByLength : side &* 128) &+ (half &* 4 &+ step)
                let a = byNode.mix(inputs, set: first)
                let b = byState.mix(inputs, set: second)
                let mixed = (a &+ b) >> 1
                let p = UInt32(squash[mixed &+ 2048])
                let bit = bits.code(byte >> shift & 1, p)
                let truth: Int32 = bit != 0 ? 65_535 : 0
                byNode.learn(inputs, set: first, error: truth &- Int32(squash[a &+ 2048]))
                byState.learn(inputs, set: second, error: truth &- Int32(squash[b &+ 2048]))
                for index in 0..<Self.contexts {
                    Cell.learn(slots + (found[index] &+ inner), bit, limit: Self.cellLimit, rates)
                }
                if live {
                    Cell.learn(
                        matchCells + matchState,
                        bit == expectedBit ? 1 : 0,
                        limit: 1000,
                        rates
                    )
                }
                if isShifted {
                    Cell.learn(
                        matchCells + (48 &+ shiftState),
                        bit == shiftedBit ? 1 : 0,
                        limit: 250,
                        rates
                    )
                }
                node = node << 1 | bit
                inner = inner << 1 | bit
            }
        }
        return node & 0xFF
    }

    /// Takes down a byte that was written, however it crossed.
    @inline(__always)
    mutating func note(_ byte: UInt8) {
        let mask = 1 << Int(Self.historyBits) - 1
        if matchLength > 0 {
            if history[matchAt & mask] == byte {
                matchLength = min(matchLength &+ 1, 65_535)
                matchAt &+= 1
            } else {
                matchLength = 0
            }
        }
        history[position & mask] = byte
        position &+= 1
        recent = recent << 8 | UInt64(byte)
        let isLetter = byte >= 97 && byte <= 122 || byte >= 65 && byte <= 90 || byte >= 128
        word = isLetter ? (word &+ UInt32(byte) &+ 1) &* 0x2F0B_4C47 : 0
        let key = Int(Self.hash(recent & 0xFF_FFFF_FFFF, 77) >> (32 - Self.matchBits))
        if matchLength == 0 {
            let candidate = Int(places[key])
            if candidate > 0, candidate < position, position &- candidate < mask {
                var length = 0
                while length < 32, length < candidate,
                    history[(candidate &- 1 &- length) & mask]
                        == history[(position &- 1 &- length) & mask]
                {
                    length &+= 1
                }
                if length >= Self.shortestMatch {
                    matchLength = length
                    matchAt = candidate
                }
            }
        }
        places[key] = UInt32(truncatingIfNeeded: position)
    }
}

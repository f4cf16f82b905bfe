import Glibc

/// Predicts texts bit by bit: eight contexts and a match with what was coded before, mixed.
///
/// Names and values of labels are short, alike, and cross once: a dictionary coder finds little to
/// refer to before they end, while this takes half of what zstd takes.
/// A class for the sake of its `deinit`, as `ProbabilityTable`.
final class TextModel {
    /// Stands behind every text; no UTF-8 has this byte.
    static let end: UInt8 = 0xFF

    static let contextCount = 8
    private static let matchBits: UInt32 = 16
    private static let shortestMatch = 4
    private static let longestMatch = 32

    private let cellBits: UInt32
    /// `Probability` cells, stored so that zeros are cells that have learnt nothing: memory fresh
    /// from the system costs nothing until it is touched.
    private let cells: UnsafeMutablePointer<UInt32>
    /// By a hash of four bytes: where in `history` they last ended.
    private let ends: UnsafeMutablePointer<UInt32>
    private let rates: UnsafeMutablePointer<Int64>
    private let stretch: UnsafeMutablePointer<Int32>
    /// What the contexts and the match say of the next bit.
    private let inputs: UnsafeMutableBufferPointer<Int32>
    private let places: UnsafeMutableBufferPointer<Int>
    private var hashes = [UInt32](repeating: 0, count: contextCount)
    private var mixer = LogisticMixer(inputs: contextCount + 1, sets: 24)
    private var matchCells = [Probability](repeating: Probability(), count: 64)
    /// All texts, one behind the other, `end` between them.
    private var history = [UInt8](repeating: end, count: 6)
    private var matchPlace = 0
    private var matchLength = 0

    /// - Parameter cellBits: the logarithm of how many cells each context has, 4 bytes each.
    init(cellBits: UInt32) {
        self.cellBits = cellBits
        cells = Self.zeros(Self.contextCount << Int(cellBits))
        ends = Self.zeros(1 << Int(Self.matchBits))
        rates = Self.copy(Probability.rates + Self.rates)
        stretch = Self.copy(LogisticMixer.stretch)
        inputs = .allocate(capacity: Self.contextCount + 1)
        inputs.initialize(repeating: 0)
        places = .allocate(capacity: Self.contextCount)
        places.initialize(repeating: 0)
    }

    deinit {
        free(cells)
        free(ends)
        rates.deallocate()
        stretch.deallocate()
        inputs.deallocate()
        places.deallocate()
    }

    /// 65536 / (n + 1.2): a text's context that was met once is nearly always right.
    private static let rates: [Int64] = (0...255).map { Int64(655_360 / (10 * $0 + 12)) }

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        guard let memory = calloc(count, MemoryLayout<UInt32>.stride) else {
            preconditionFailure("there is no memory left for a model of texts")
        }
        return memory.bindMemory(to: UInt32.self, capacity: count)
    }

    private static func copy<Element: BitwiseCopyable>(
        _ array: [Element]
    ) -> UnsafeMutablePointer<Element> {
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: array.count)
        copy.initialize(from: array, count: array.count)
        return copy
    }

    private static func hash(_ one: UInt32, _ other: UInt32) -> UInt32 {
        let mixed = (one &* 0x9E37_79B1) ^ ((other &+ 1) &* 0x85EB_CA6B)
        return mixed ^ mixed >> 15
    }

    /// Codes one text, in either direction (see `BitCoder`).
    ///
    /// - Parameters:
    ///   - beside: a text that this one probably resembles.
    ///   - role: tells apart what texts are for.
    ///   - limit: bytes; `nil` is returned for more.
    func code<Direction: BitCoder>(
        _ text: [UInt8],
        beside: [UInt8],
        role: UInt32,
        limit: Int,
        _ coder: inout ModelCoder<Direction>
    ) -> [UInt8]? {
        var result: [UInt8] = []
        var trail = TextTrail(beside: beside)
        var whole = role
        while true {
            setContexts(trail, whole: whole)
            findMatch()
            let wanted = result.count < text.count ? text[result.count] : Self.end
            let byte = codeByte(wanted, situation: trail.situation, &coder)
            if matchLength > 0, history[matchPlace] == byte {
                matchPlace += 1
                matchLength = min(matchLength + 1, Self.longestMatch)
            } else {
                matchLength = 0
            }
            history.append(byte)
            guard byte != Self.end else { return result }
            guard result.count < limit else { return nil }
            result.append(byte)
            whole = Self.hash(whole, UInt32(byte))
            trail.advance(over: byte)
        }
    }

    private func recent(_ back: Int) -> UInt32 { UInt32(history[history.count - back]) }

    private func setContexts(_ trail: TextTrail, whole: UInt32) {
        let one = recent(1)
        let two = one | recent(2) << 8
        let three = two | recent(3) << 16
        let four = three | recent(4) << 24
        hashes[0] = Self.hash(one, 1)
        hashes[1] = Self.hash(two, 2)
        hashes[2] = Self.hash(three, 3)
        hashes[3] = Self.hash(four, 4)
        hashes[4] = Self.hash(Self.hash(four, recent(5)), 5)
        hashes[5] = Self.hash(trail.word, 6)
        hashes[6] = Self.hash(whole, 7)
        hashes[7] = Self.hash(trail.expected << 9 | (trail.isAlong ? 256 : 0), 8)
    }

    /// Looks for what followed when the last bytes came before, unless a match is under way.
    private func findMatch() {
        let count = history.count
        let four = recent(1) | recent(2) << 8 | recent(3) << 16 | recent(4) << 24
        let slot = Int(Self.hash(four, 9) >> (32 - Self.matchBits))
        if matchLength == 0 {
            let place = Int(ends[slot])
            while matchLength < min(place, Self.longestMatch),
                history[place - 1 - matchLength] == history[count - 1 - matchLength]
            {
                matchLength += 1
            }
            if matchLength < Self.shortestMatch { matchLength = 0 }
            matchPlace = place
        }
        ends[slot] = UInt32(truncatingIfNeeded: count)
    }

    private func codeByte<Direction: BitCoder>(
        _ byte: UInt8,
        situation: Int,
        _ coder: inout ModelCoder<Direction>
    ) -> UInt8 {
        let predicted = matchLength > 0 ? 256 | UInt32(history[matchPlace]) : 0
        let matchKind = matchLength < 8 ? 1 : 2
        var node: UInt32 = 1
        for shift in (UInt32(0)..<8).reversed() {
            for index in 0..<Self.contextCount {
                let hash = (hashes[index] &+ node &* 0x2545_F491) &* 0x9E37_79B1
                let place = index << Int(cellBits) + Int(hash >> (32 - cellBits))
                places[index] = place
                inputs[index] = stretch[Int((cells[place] ^ 1 << 31) >> 20)]
            }
            let isMatching = predicted >> (shift + 1) == node
            let matchCell = matchLength * 2 - 2 + Int(predicted >> shift & 1)
            inputs[Self.contextCount] =
                isMatching ? stretch[Int(matchCells[matchCell].value >> 4)] : 0
            let set = (isMatching ? matchKind : 0) * 8 + situation
            let mixed = mixer.mix(UnsafeBufferPointer(inputs), set: set)
            let bit = coder.codeMixed(
                UInt32(byte) >> shift & 1 == 1,
                probability: UInt32(mixed) << 4 | 8
            )
            mixer.learn(bit, mixed: mixed, UnsafeBufferPointer(inputs), set: set)
            for place in places {
                var cell = Probability(bits: cells[place] ^ 1 << 31)
                cell.learn(bit, rates: rates + Probability.rates.count)
                cells[place] = cell.bits ^ 1 << 31
            }
            if isMatching { matchCells[matchCell].learn(bit, rates: rates) }
            node = node << 1 | (bit ? 1 : 0)
        }
        return UInt8(truncatingIfNeeded: node)
    }
}

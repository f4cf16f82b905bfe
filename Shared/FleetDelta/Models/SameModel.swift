/// Predicts whether a byte, or an element, is as the base has it.
struct SameModel {
    private static let contexts = 8
    private static let bits = 14

    private let memory: ModelMemory
    private let cells: UnsafeMutablePointer<UInt32>
    private let inputs: UnsafeMutablePointer<Int32>
    private let found: UnsafeMutablePointer<Int>
    private let mixer: Mixer
    private let rates = Logistic.shared.rates
    /// Whether the last 64 were the same, the newest lowest.
    private(set) var past: UInt64 = .max
    private let period: Int

    init(_ memory: ModelMemory, period: Int) {
        self.memory = memory
        self.period = period
        cells = memory.allocate(UInt32.self, count: Self.contexts << Self.bits)
        inputs = memory.allocate(Int32.self, count: 16)
        found = memory.allocate(Int.self, count: 8)
        mixer = Mixer(memory, inputs: 16, sets: 1024, initial: 19_000, shift: 18)
    }

    @inline(__always)
    private static func hash(_ a: UInt64, _ b: UInt64) -> Int {
        Int(((a &+ b &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93) >> 50)
    }

    mutating func code<Bits: BinaryCoder>(
        _ same: Bool,
        old: UnsafePointer<UInt8>,
        previous: UInt64,
        column: Int,
        _ bits: inout Bits
    ) -> Bool {
        let o0 = UInt64(old[0])
        let o1 = UInt64(old[1])
        let before = UInt64(old[-1])
        let place = period > 0 ? UInt64(column % period) : UInt64(column & 3)
        let far = period > 0 && period <= 64 ? past >> UInt64(period &- 1) & 7 : past >> 3 & 7
        let since = UInt64((~past).trailingZeroBitCount)
        let count = UInt64(past.nonzeroBitCount)
        let quarter = UInt64((past & 0xFFFF).nonzeroBitCount)
        let size = 1 << Self.bits
        found[0] = Int(past & 0x3FFF)
        found[1] = size + Self.hash(o0 | past << 62, 1)
        found[2] = 2 * size + Self.hash(place | (past & 7) << 16, 2)
        found[3] = 3 * size + Self.hash(place | (past & 1) << 16 | far << 20, 3)
        found[4] = 4 * size + Self.hash(o0 | o1 << 8 | before << 16, 4)
        found[5] = 5 * size + Self.hash(since | count << 8, 5)
        found[6] = 6 * size + Self.hash(previous | before << 8 | (past & 1) << 16, 6)
        found[7] = 7 * size + Self.hash(quarter | o0 << 8 | (past & 3) << 16, 7)
        for index in 0..<Self.contexts {
            inputs[index] = Int32(Logistic.shared.stretch[Cell.probability(cells[found[index]])])
        }
        inputs[8] = 256
        let set = Int((past & 15) | min(count >> 3, 7) << 4 | min(since, 7) << 7)
        let mixed = mixer.mix(inputs, set: set)
        let p = UInt32(Logistic.shared.squash[mixed &+ 2048])
        let bit = bits.code(same ? 1 : 0, p)
        mixer.learn(inputs, set: set, error: (bit != 0 ? 65_535 : 0) &- Int32(p))
        for index in 0..<Self.contexts { Cell.learn(cells + found[index], bit, limit: 400, rates) }
        past = past << 1 | UInt64(bit)
        return bit != 0
    }

    /// A run of the same was crossed at once.
    mutating func skip() { past = .max }
}

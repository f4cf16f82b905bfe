/// Weighs predictions of one bit by how well each has done: 8 or 16 inputs, several sets of weights.
///
/// The rule is that of Matt Mahoney's lpaq. Weights are in 1/65536, within ±4.
struct Mixer {
    private static let largest: Int32 = 1 << 18

    private let weights: UnsafeMutablePointer<Int32>
    /// A greater one learns more slowly.
    private let shift: Int32
    /// 8 or 16; loops of known length are what becomes vectors.
    private let inputs: Int

    init(_ memory: ModelMemory, inputs: Int, sets: Int, initial: Int32, shift: Int32) {
        self.inputs = inputs
        weights = memory.allocate(Int32.self, count: sets * inputs)
        weights.update(repeating: initial, count: sets * inputs)
        self.shift = shift
    }

    /// What the inputs say together, in −2047...2047.
    @inline(__always)
    func mix(_ inputs: UnsafePointer<Int32>, set: Int) -> Int {
        let own = weights + set &* self.inputs
        var sum: Int32 = 0
        // 2¹¹ × 2¹⁸ / 2⁴ × 2⁴ inputs: within 31 bits.
        for index in 0..<8 { sum &+= (inputs[index] &* own[index]) >> 4 }
        if self.inputs == 16 {
            for index in 8..<16 { sum &+= (inputs[index] &* own[index]) >> 4 }
        }
        return min(max(Int(sum >> 12), -2047), 2047)
    }

    /// Moves the weights toward the inputs that were right. `error` is in 1/65536.
    @inline(__always)
    func learn(_ inputs: UnsafePointer<Int32>, set: Int, error: Int32) {
        let own = weights + set &* self.inputs
        let shift = shift
        let half: Int32 = 1 << (shift &- 1)
        for index in 0..<8 {
            let change = (inputs[index] &* error &+ half) >> shift
            own[index] = min(max(own[index] &+ change, -Self.largest), Self.largest)
        }
        guard self.inputs == 16 else { return }
        for index in 8..<16 {
            let change = (inputs[index] &* error &+ half) >> shift
            own[index] = min(max(own[index] &+ change, -Self.largest), Self.largest)
        }
    }
}

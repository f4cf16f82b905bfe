/// Codes nothing: lets models learn from bytes that both sides have.
struct TrainingCoder: BinaryCoder {
    static let isEncoder = true

    @inline(__always)
    mutating func code(_ bit: Int, _ probability: UInt32) -> Int { bit }
}

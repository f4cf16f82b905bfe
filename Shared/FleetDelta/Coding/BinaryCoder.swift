/// One direction of a binary arithmetic coder.
///
/// The format is written down once, as a sequence of coded decisions, and runs in every direction:
/// an encoder takes the decision it is given, a decoder ignores that argument, and both return the
/// decision that crossed. So they can't drift apart.
protocol BinaryCoder {
    /// So that work which only an encoder needs can be left out.
    static var isEncoder: Bool { get }

    /// `bit` is 0 or 1; `probability` is that of 1, in 1/65536, and lies in 1...65535.
    mutating func code(_ bit: Int, _ probability: UInt32) -> Int

    /// Whether a decoder was asked for more than an encoder can have told.
    var isExhausted: Bool { get }
}

extension BinaryCoder {
    var isExhausted: Bool { false }
}

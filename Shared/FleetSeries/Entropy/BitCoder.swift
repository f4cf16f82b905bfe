/// One direction of an adaptive binary arithmetic coder.
///
/// The metrics format is written down once, as a sequence of coded decisions, and runs in both
/// directions: the encoder takes the value it is given, the decoder ignores that argument, and
/// both return the value that crossed. So they can't drift apart.
protocol BitCoder {
    /// So that work which only an encoder needs can be left out.
    static var isEncoder: Bool { get }

    /// `probability` is that of `true`, in 1/65536, and lies in 1...65535.
    mutating func code(_ bit: Bool, probability: UInt32) -> Bool

    /// `count` (1...16) bits that are equally likely.
    mutating func codeEqually(_ bits: UInt32, count: UInt32) -> UInt32
}

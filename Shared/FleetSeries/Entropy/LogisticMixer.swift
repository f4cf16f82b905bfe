/// Weighs several predictions of one bit by how well each has done.
///
/// The form, its squashing curve and its learning rule are those of Matt Mahoney's lpaq1 (2007).
/// Predictions come and go in the logistic domain, ln(p / (1 − p)) × 256.
struct LogisticMixer {
    private static let initialWeight: Int32 = 18_750
    private static let rate: Int32 = 48
    /// A weight's limit keeps every sum within 64 bits; none comes near it.
    private static let largestWeight: Int64 = 1 << 20

    private let inputCount: Int
    private var weights: [Int32]

    /// - Parameter sets: the situations that have weights of their own.
    init(inputs: Int, sets: Int) {
        inputCount = inputs
        weights = [Int32](repeating: Self.initialWeight, count: sets * inputs)
    }

    /// The probability of `true`, in 1/4096, that the inputs say together: 1...4094.
    @inline(__always)
    func mix(_ inputs: UnsafeBufferPointer<Int32>, set: Int) -> Int32 {
        var sum: Int64 = 0
        let base = set * inputCount
        for index in 0..<inputCount {
            sum &+= Int64(inputs[index]) &* Int64(weights[base + index])
        }
        return Self.squash(Int32(truncatingIfNeeded: min(max(sum >> 16, -2047), 2047)))
    }

    /// Moves the weights toward the inputs that were right.
    @inline(__always)
    mutating func learn(
        _ bit: Bool,
        mixed: Int32,
        _ inputs: UnsafeBufferPointer<Int32>,
        set: Int
    ) {
        let error = Int64(((bit ? 4095 : 0) - mixed) * Self.rate)
        let base = set * inputCount
        for index in 0..<inputCount {
            let change = (Int64(inputs[index]) &* error &+ 0x8000) >> 16
            let moved = Int64(weights[base + index]) &+ change
            weights[base + index] = Int32(
                truncatingIfNeeded: min(max(moved, -Self.largestWeight), Self.largestWeight)
            )
        }
    }

    /// 4096 / (1 + e^(−x/256)) for x in −2047...2047, by straight lines between 33 points.
    private static func squash(_ value: Int32) -> Int32 {
        let part = value & 127
        let place = Int(value >> 7) + 16
        return (curve[place] * (128 - part) + curve[place + 1] * part + 64) >> 7
    }

    private static let curve: [Int32] = [
        1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348,
        3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
    ]

    /// For each p in 0...4095, the smallest x in −2047...2047 with `squash(x)` ≥ p, else 2047.
    static let stretch: [Int32] = {
        var table: [Int32] = []
        for value in Int32(-2047)...2047 {
            while table.count <= Int(squash(value)) { table.append(value) }
        }
        while table.count < 4096 { table.append(2047) }
        return table
    }()
}

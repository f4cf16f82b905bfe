import FleetSeries

/// Samples of one series as Prometheus keeps them (its `EncXOR`): times by the difference of their
/// differences, values by their difference in bits (Gorilla's way).
///
/// Bit for bit what Prometheus' own appender writes: a test compares them.
struct XORChunk: Sendable {
    /// As many as Prometheus puts into one; the format's own limit is 65,535.
    static let sampleLimit = 120

    private(set) var count = 0
    private(set) var firstAt: Int64 = 0
    private(set) var lastAt: Int64 = 0

    private var bits = BitWriter()
    private var delta: UInt64 = 0
    private var value: UInt64 = 0
    /// No window of significant bits yet.
    private var leading: Int?
    private var trailing = 0

    init() {}

    /// The chunk: the number of samples, big-endian, then their bits.
    var bytes: [UInt8] {
        [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)] + bits.bytes
    }

    /// Appends a sample; times ascend.
    mutating func append(at milliseconds: Int64, _ newValue: Double) {
        let new = newValue.bitPattern
        if count == 0 {
            firstAt = milliseconds
            var varint = ByteWriter()
            varint.writeSignedVarint(milliseconds)
            for byte in varint.bytes { bits.write(UInt64(byte), count: 8) }
            bits.write(new, count: 64)
        } else {
            let newDelta = UInt64(bitPattern: milliseconds &- lastAt)
            if count == 1 {
                var varint = ByteWriter()
                varint.writeVarint(newDelta)
                for byte in varint.bytes { bits.write(UInt64(byte), count: 8) }
            } else {
                write(difference: Int64(bitPattern: newDelta &- delta))
            }
            delta = newDelta
            write(change: new ^ value)
        }
        lastAt = milliseconds
        value = new
        count += 1
    }

    private mutating func write(difference: Int64) {
        let bitPattern = UInt64(bitPattern: difference)
        if difference == 0 {
            bits.write(0, count: 1)
        } else if (-8191...8192).contains(difference) {
            bits.write(0b10, count: 2)
            bits.write(bitPattern, count: 14)
        } else if (-65_535...65_536).contains(difference) {
            bits.write(0b110, count: 3)
            bits.write(bitPattern, count: 17)
        } else if (-524_287...524_288).contains(difference) {
            bits.write(0b1110, count: 4)
            bits.write(bitPattern, count: 20)
        } else {
            bits.write(0b1111, count: 4)
            bits.write(bitPattern, count: 64)
        }
    }

    private mutating func write(change: UInt64) {
        guard change != 0 else {
            bits.write(0, count: 1)
            return
        }
        // Five bits hold it.
        let newLeading = min(change.leadingZeroBitCount, 31)
        let newTrailing = change.trailingZeroBitCount
        if let leading, newLeading >= leading, newTrailing >= trailing {
            bits.write(0b10, count: 2)
            bits.write(change >> UInt64(trailing), count: 64 - leading - trailing)
            return
        }
        leading = newLeading
        trailing = newTrailing
        let significant = 64 - newLeading - newTrailing
        bits.write(0b11, count: 2)
        bits.write(UInt64(newLeading), count: 5)
        // 64 does not fit into six bits, and 0 does not occur.
        bits.write(UInt64(significant & 63), count: 6)
        bits.write(change >> UInt64(newTrailing), count: significant)
    }

    /// Most significant bit first.
    private struct BitWriter: Sendable {
        private(set) var bytes: [UInt8] = []
        private var free = 0

        mutating func write(_ value: UInt64, count: Int) {
            var rest = count
            while rest > 0 {
                if free == 0 {
                    bytes.append(0)
                    free = 8
                }
                let step = min(free, rest)
                let part = value >> UInt64(rest - step) & (1 << UInt64(step) - 1)
                bytes[bytes.count - 1] |= UInt8(truncatingIfNeeded: part << UInt64(free - step))
                free -= step
                rest -= step
            }
        }
    }
}

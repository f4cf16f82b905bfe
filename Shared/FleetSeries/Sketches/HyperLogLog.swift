/// How many different things were seen, from 64 bits of hash of each: exact to a few in a million up
/// to 768 things, with a standard error of 1.6 % above, after any number of merges in any order.
///
/// Few things are kept as tokens: the hash's first 26 bits, and how many zeros follow them, 4 bytes
/// each. More become 4,096 registers. Whether a sketch is sparse depends on the number of different
/// tokens alone, so merging is exact.
package struct HyperLogLog: Sendable, Hashable {
    private enum Content: Sendable, Hashable {
        /// Ascending, each once.
        case tokens([UInt32])
        case registers([UInt8])
    }

    /// Bits of the hash that choose a register.
    package static let precision: UInt32 = 12
    package static let registerCount = 1 << 12
    /// 1.04 ÷ √4096.
    package static let standardError = 0.01625
    /// As many tokens take as much as the registers, packed in 6 bits each.
    package static let tokenLimit = 768

    private static let tokenBits: UInt32 = 26
    /// More zeros than behind 26 of 64 bits there can't be; a register counts from 1.
    private static let largestZeros: UInt32 = 38
    private static let largestRegister: UInt8 = 53

    private var content = Content.tokens([])

    package init() {}

    package var isSparse: Bool {
        if case .tokens = content { true } else { false }
    }

    package var isEmpty: Bool { content == .tokens([]) }

    package mutating func insert(_ bytes: [UInt8]) { insert(hash: XXH64.hash(bytes)) }

    /// - Parameter hash: evenly distributed, such as the start of a SHA-256, or an `XXH64`.
    package mutating func insert(hash: UInt64) {
        let rest = hash << UInt64(Self.tokenBits)
        let zeros = min(UInt32(rest.leadingZeroBitCount), Self.largestZeros)
        insert(token: UInt32(truncatingIfNeeded: hash >> 38) << 6 | zeros)
    }

    package mutating func merge(_ other: Self) {
        switch other.content {
        case .tokens(let tokens):
            for token in tokens { insert(token: token) }
        case .registers(let theirs):
            var registers = registers
            for index in registers.indices {
                registers[index] = max(registers[index], theirs[index])
            }
            content = .registers(registers)
        }
    }

    private mutating func insert(token: UInt32) {
        switch content {
        case .tokens(var tokens):
            content = .tokens([])
            defer { if case .tokens = content { content = .tokens(tokens) } }
            var low = 0
            var high = tokens.count
            while low < high {
                let middle = (low + high) / 2
                if tokens[middle] < token { low = middle + 1 } else { high = middle }
            }
            guard low == tokens.count || tokens[low] != token else { return }
            tokens.insert(token, at: low)
            if tokens.count > Self.tokenLimit { content = .registers(Self.registers(of: tokens)) }
        case .registers(var registers):
            content = .tokens([])
            Self.note(token, in: &registers)
            content = .registers(registers)
        }
    }

    private var registers: [UInt8] {
        switch content {
        case .tokens(let tokens): Self.registers(of: tokens)
        case .registers(let registers): registers
        }
    }

    private static func registers(of tokens: [UInt32]) -> [UInt8] {
        var registers = [UInt8](repeating: 0, count: registerCount)
        for token in tokens { note(token, in: &registers) }
        return registers
    }

    /// A register holds the most zeros that followed its 12 bits, plus one.
    private static func note(_ token: UInt32, in registers: inout [UInt8]) {
        let middleBits = tokenBits - precision
        let index = Int(token >> (32 - precision))
        let middle = (token << precision) >> (32 - middleBits)
        let zeros =
            middle == 0
            ? middleBits + token & 63 : UInt32(middle.leadingZeroBitCount) - (32 - middleBits)
        registers[index] = max(registers[index], UInt8(zeros + 1))
    }

    /// Tokens: linear counting among 2^26. Registers: Ertl's improved estimator (arXiv 1702.01284,
    /// algorithm 6), which needs no table of biases.
    package var estimate: Double {
        switch content {
        case .tokens(let tokens):
            // −m ln(1 − n/m), by its series: exact enough for n ≤ 768, the same on any machine.
            let share = Double(tokens.count) / Double(1 << Self.tokenBits)
            return Double(tokens.count) * (1 + share / 2 + share * share / 3)
        case .registers(let registers):
            var counts = [Double](repeating: 0, count: Int(Self.largestRegister) + 1)
            for register in registers { counts[Int(register)] += 1 }
            let m = Double(Self.registerCount)
            var z = m * Self.tau(1 - counts[Int(Self.largestRegister)] / m)
            for value in stride(from: Int(Self.largestRegister) - 1, through: 1, by: -1) {
                z = 0.5 * (z + counts[value])
            }
            z += m * Self.sigma(counts[0] / m)
            // 1 ÷ (2 ln 2)
            return 0.721_347_520_444_481_7 * m * m / z
        }
    }

    private static func sigma(_ share: Double) -> Double {
        guard share < 1 else { return .infinity }
        var (x, y, z) = (share, 1.0, share)
        while true {
            x *= x
            let before = z
            z += x * y
            y += y
            if z == before { return z }
        }
    }

    private static func tau(_ share: Double) -> Double {
        guard share > 0, share < 1 else { return 0 }
        var (x, y, z) = (share, 1.0, 1 - share)
        while true {
            x = x.squareRoot()
            let before = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
            if z == before { return z / 3 }
        }
    }
}

extension HyperLogLog {
    /// A byte, 0 or 1, then: varint number of tokens, each as its difference to the one before; or
    /// the registers in 6 bits each, lowest bits first.
    package func write(to writer: inout ByteWriter) {
        switch content {
        case .tokens(let tokens):
            writer.writeByte(0)
            writer.writeVarint(tokens.count)
            var previous: UInt32 = 0
            for token in tokens {
                writer.writeVarint(UInt64(token - previous))
                previous = token
            }
        case .registers(let registers):
            writer.writeByte(1)
            for start in stride(from: 0, to: registers.count, by: 4) {
                let four = registers[start..<start + 4].reversed().reduce(UInt32(0)) {
                    $0 << 6 | UInt32($1)
                }
                for shift in [UInt32(0), 8, 16] {
                    writer.writeByte(UInt8(truncatingIfNeeded: four >> shift))
                }
            }
        }
    }

    package init(from reader: inout ByteReader) throws(ByteError) {
        let form = try reader.readByte()
        switch form {
        case 0:
            let count = try reader.readCount(limit: Self.tokenLimit)
            var tokens: [UInt32] = []
            var previous: UInt64 = 0
            for index in 0..<count {
                let step = try reader.readVarint()
                let (token, overflow) = previous.addingReportingOverflow(step)
                guard !overflow, token <= UInt64(UInt32.max), token & 63 <= Self.largestZeros,
                    index == 0 || step > 0
                else { throw .aboveLimit(value: step, limit: Int(UInt32.max)) }
                tokens.append(UInt32(token))
                previous = token
            }
            content = .tokens(tokens)
        case 1:
            var registers: [UInt8] = []
            registers.reserveCapacity(Self.registerCount)
            for _ in 0..<Self.registerCount / 4 {
                var four: UInt32 = 0
                for byte in try reader.readBytes(3).reversed() { four = four << 8 | UInt32(byte) }
                for _ in 0..<4 {
                    let register = UInt8(four & 63)
                    guard register <= Self.largestRegister else {
                        throw .aboveLimit(value: UInt64(register), limit: 53)
                    }
                    registers.append(register)
                    four >>= 6
                }
            }
            content = .registers(registers)
        default:
            throw .aboveLimit(value: UInt64(form), limit: 1)
        }
    }
}

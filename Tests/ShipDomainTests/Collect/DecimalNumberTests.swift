import Testing

@testable import ShipDomain

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct DecimalNumberTests {
    @Test func `a million random decimals are read bit for bit as strtod reads them`() throws {
        var numbers = SeededNumbers()
        for round in 0..<1_000_000 {
            let text = Self.decimal(round % 6, &numbers)
            let expected = text.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map {
                    strtod(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self), nil)
                }
            }
            var position = 0
            let value: Double
            do {
                value = try DecimalNumber.read(text.span, at: &position)
            } catch ExpositionFault.valueOutOfRange {
                value = text.first == UInt8(ascii: "-") ? -.infinity : .infinity
                position = text.count - 1
            }
            // One expectation per round would take minutes.
            if value.bitPattern != expected?.bitPattern || position != text.count - 1 {
                let shown = String(decoding: text.dropLast(), as: UTF8.self)
                Issue.record("seed \(numbers.seed), round \(round): \(shown) was read as \(value)")
                return
            }
        }
    }

    @Test func `every double is read back from its shortest decimal`() throws {
        var numbers = SeededNumbers()
        for _ in 0..<100_000 {
            let written = Double(bitPattern: numbers.next())
            guard written.isFinite else { continue }
            let text = Array(written.description.utf8)
            var position = 0
            let read = try DecimalNumber.read(text.span, at: &position)
            if read.bitPattern != written.bitPattern {
                Issue.record("seed \(numbers.seed): \(written) was read as \(read)")
                return
            }
        }
    }

    @Test(arguments: [
        // Halfway between two doubles, and a digit to either side of it.
        "9007199254740993", "9007199254740992.9999999999999999", "9007199254740993.0000000000001",
        "1.00000000000000011102230246251565404", "1.00000000000000011102230246251565405",
        "8.5899345920000008e9", "1125899906842624.125", "1125899906842901.875",
        "2.2250738585072011e-308", "2.2250738585072012e-308", "4.9406564584124654e-324",
        "2.4703282292062327e-324", "2.4703282292062328e-324", "179769313486231580793e288",
        "6929495644600919.5", "3704377022164483.5", "10000000000000000000", "1844674407370955160.5",
        "18446744073709551609e19", "18446744073709551615e-19", "9999999999999999999e-19",
    ])
    func `the hard cases of rounding are read as strtod reads them`(text: String) throws {
        var position = 0
        let bytes = Array(text.utf8)
        let value = try DecimalNumber.read(bytes.span, at: &position)
        #expect(value.bitPattern == strtod(text, nil).bitPattern)
    }

    /// A number of one of six sorts with a zero byte behind it.
    private static func decimal(_ sort: Int, _ numbers: inout SeededNumbers) -> [UInt8] {
        var text: [UInt8] = []
        func append(digits count: Int, _ text: inout [UInt8]) {
            for _ in 0..<count { text.append(0x30 + UInt8(numbers.next() % 10)) }
        }
        if numbers.next() % 4 == 0 { text.append(UInt8(ascii: "-")) }
        switch sort {
        case 0:  // What Go's exporters write.
            append(digits: 1, &text)
            text.append(UInt8(ascii: "."))
            append(digits: Int(numbers.next() % 17) + 1, &text)
            text += Array("e\(Int(numbers.next() % 40) - 20)".utf8)
        case 1:
            append(digits: Int(numbers.next() % 20) + 1, &text)
        case 2:
            append(digits: Int(numbers.next() % 12) + 1, &text)
            text.append(UInt8(ascii: "."))
            append(digits: Int(numbers.next() % 12), &text)
        case 3:  // Any exponent.
            append(digits: Int(numbers.next() % 21) + 1, &text)
            text += Array("e\(Int(numbers.next() % 680) - 340)".utf8)
        case 4:  // More digits than a word holds.
            append(digits: Int(numbers.next() % 30) + 1, &text)
            text.append(UInt8(ascii: "."))
            append(digits: Int(numbers.next() % 30), &text)
        default:  // 18 to 20 digits and an exponent that 128 bits reach.
            append(digits: Int(numbers.next() % 3) + 18, &text)
            text += Array("E\(Int(numbers.next() % 44) - 22)".utf8)
        }
        text.append(0)
        return text
    }
}

import FleetModel
import Glibc

/// Reads a line that `AuditLine` wrote, and nothing else: a million a second, so it looks for what
/// must stand there and does not understand JSON.
///
/// After the first thing that is not as it must be, nothing is read any more.
struct AuditLineReader {
    private var at: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private(set) var hasFailed = false

    /// - Parameter line: without its line feed; an empty one is none.
    init?(_ line: UnsafeBufferPointer<UInt8>) {
        guard let base = line.baseAddress else { return nil }
        at = base
        end = base + line.count
    }

    /// Whether all was read and was right.
    var isWhole: Bool { !hasFailed && at == end }

    mutating func skip(_ literal: StaticString) {
        guard !hasFailed, end - at >= literal.utf8CodeUnitCount,
            memcmp(at, literal.utf8Start, literal.utf8CodeUnitCount) == 0
        else {
            hasFailed = true
            return
        }
        at += literal.utf8CodeUnitCount
    }

    mutating func number() -> Int64 {
        guard !hasFailed else { return 0 }
        var isNegative = false
        if at < end, at.pointee == 0x2D {
            isNegative = true
            at += 1
        }
        var magnitude: UInt64 = 0
        var digits = 0
        while at < end, case let digit = at.pointee &- 0x30, digit < 10, digits < 19 {
            magnitude = magnitude &* 10 &+ UInt64(digit)
            digits += 1
            at += 1
        }
        guard digits > 0, let number = Int64(exactly: magnitude) else {
            hasFailed = true
            return 0
        }
        return isNegative ? -number : number
    }

    mutating func hash() -> AuditHash {
        withUnsafeTemporaryAllocation(byteCount: AuditHash.size, alignment: 8) { bytes in
            digits(into: bytes)
            return hasFailed ? .zero : AuditHash(UnsafeRawBufferPointer(bytes))
        }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { digits(into: $0) }
        return bytes
    }

    /// Two hexadecimal digits a byte.
    private mutating func digits(into bytes: UnsafeMutableRawBufferPointer) {
        guard !hasFailed, end - at >= 2 * bytes.count else {
            hasFailed = true
            return
        }
        for index in 0..<bytes.count {
            guard let high = Hexadecimal.value(at[2 * index]),
                let low = Hexadecimal.value(at[2 * index + 1])
            else {
                hasFailed = true
                return
            }
            bytes[index] = high << 4 | low
        }
        at += 2 * bytes.count
    }

    /// A text up to its closing quote, written behind its length in bytes.
    ///
    /// - Parameters:
    ///   - buffer: with room for the whole line.
    ///   - place: where in it; moved behind what was written.
    mutating func text(into buffer: UnsafeMutableRawBufferPointer, at place: inout Int) {
        guard !hasFailed, let base = buffer.baseAddress, let quote = memchr(at, 0x22, end - at)
        else {
            hasFailed = true
            return
        }
        let length = UnsafeRawPointer(quote) - UnsafeRawPointer(at)
        let start = place + 4
        guard start + length <= buffer.count else {
            hasFailed = true
            return
        }
        if memchr(at, 0x5C, length) == nil {
            memcpy(base + start, at, length)
            at += length + 1
            place = start + length
        } else {
            place = start
            unescape(into: buffer, at: &place)
        }
        let written = UInt32(truncatingIfNeeded: place - start).bigEndian
        buffer.storeBytes(of: written, toByteOffset: start - 4, as: UInt32.self)
    }

    private mutating func unescape(into buffer: UnsafeMutableRawBufferPointer, at place: inout Int)
    {
        while at < end, place < buffer.count {
            var byte = at.pointee
            at += 1
            if byte == 0x22 { return }
            if byte == 0x5C {
                guard at < end else { break }
                byte = at.pointee
                at += 1
                switch byte {
                case 0x22, 0x5C: break
                case 0x75:
                    guard end - at >= 4, at[0] == 0x30, at[1] == 0x30,
                        let high = Hexadecimal.value(at[2]), let low = Hexadecimal.value(at[3])
                    else {
                        hasFailed = true
                        return
                    }
                    byte = high << 4 | low
                    at += 4
                default:
                    hasFailed = true
                    return
                }
            }
            buffer[place] = byte
            place += 1
        }
        hasFailed = true
    }
}

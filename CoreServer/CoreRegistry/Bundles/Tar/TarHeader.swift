/// The 512 bytes before each entry of a tar: ustar, and what GNU and pax add to it.
struct TarHeader: Sendable {
    static let bytes = 512

    /// What follows it.
    enum Kind: Sendable, Equatable {
        case file
        case directory
        /// Records about the next entry, or about all.
        case records
        case recordsOfAll
        /// GNU's: the next entry's name.
        case longName
        /// A link, a device, a part of a file: what no bundle has.
        case other(String)
    }

    let kind: Kind
    let name: String
    let size: Int64

    /// - Returns: nil for the empty block at a tar's end.
    /// - Throws: `RegistryError` `invalid`.
    init?(_ block: [UInt8]) throws(RegistryError) {
        guard block.contains(where: { $0 != 0 }) else { return nil }
        let sum = block.enumerated().reduce(0) { sum, byte in
            // Its own field counts as blanks.
            sum + ((148..<156).contains(byte.offset) ? 0x20 : Int(byte.element))
        }
        guard try Self.number(block[148..<156]) == Int64(sum) else {
            throw Self.malformed("a header's checksum is wrong")
        }
        switch block[156] {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        case UInt8(ascii: "5"): kind = .directory
        case UInt8(ascii: "x"): kind = .records
        case UInt8(ascii: "g"): kind = .recordsOfAll
        case UInt8(ascii: "L"): kind = .longName
        case UInt8(ascii: "1"): kind = .other("a hard link")
        case UInt8(ascii: "2"), UInt8(ascii: "K"): kind = .other("a symbolic link")
        case UInt8(ascii: "3"), UInt8(ascii: "4"): kind = .other("a device")
        case UInt8(ascii: "6"): kind = .other("a pipe")
        case UInt8(ascii: "S"): kind = .other("a file with holes")
        default: kind = .other("an entry of an unknown kind")
        }
        let name = try Self.text(block[0..<100])
        // GNU's own format keeps other things there.
        let isPlain = block[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = isPlain ? try Self.text(block[345..<500]) : ""
        self.name = prefix.isEmpty ? name : "\(prefix)/\(name)"
        size = try Self.number(block[124..<136])
    }

    static func malformed(_ why: String) -> RegistryError {
        .invalid("the body is no tar that can be read: \(why)")
    }

    private static func text(_ field: ArraySlice<UInt8>) throws(RegistryError) -> String {
        let bytes = field.prefix { $0 != 0 }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed("a name is not UTF-8")
        }
        return text
    }

    /// Octal digits, or, where the first bit is set, a binary number.
    private static func number(_ field: ArraySlice<UInt8>) throws(RegistryError) -> Int64 {
        if let first = field.first, first & 0x80 != 0 {
            let bytes = [first & 0x7F] + field.dropFirst()
            guard bytes.dropLast(8).allSatisfy({ $0 == 0 }), bytes.suffix(8)[bytes.count - 8] < 0x80
            else { throw malformed("a size is too large") }
            return bytes.suffix(8).reduce(0) { $0 << 8 | Int64($1) }
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        guard digits.count <= 12, digits.allSatisfy({ (0x30...0x37).contains($0) }) else {
            throw malformed("a number is none")
        }
        return digits.reduce(0) { $0 << 3 | Int64($1 - 0x30) }
    }
}

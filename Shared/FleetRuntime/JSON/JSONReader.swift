/// Reads a JSON text (RFC 8259) as it stands.
///
/// Foundation's decoder asks a value what it is by trying, and throws for each miss: a batch of
/// thousand metrics has four thousand values. This one looks, keeps whole numbers apart from others,
/// and refuses what is deeper than it may be before it is read.
package struct JSONReader {
    package struct Failure: Error {}

    private static let mostDepth = 32

    private let bytes: [UInt8]
    private var place = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: `Failure` for all that is no JSON text, or too deep.
    package static func read(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.place == bytes.count else { throw Failure() }
        return value
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            place += 1
        }
    }

    private mutating func take() throws(Failure) -> UInt8 {
        guard let byte = next else { throw Failure() }
        place += 1
        return byte
    }

    private mutating func takes(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.mostDepth else { throw Failure() }
        skipBlanks()
        switch next {
        case UInt8(ascii: "\"")?: return .string(try string())
        case UInt8(ascii: "{")?: return try object(depth: depth)
        case UInt8(ascii: "[")?: return try array(depth: depth)
        case UInt8(ascii: "t")?: return try word("true", .boolean(true))
        case UInt8(ascii: "f")?: return try word("false", .boolean(false))
        case UInt8(ascii: "n")?: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(
        _ word: StaticString,
        _ value: JSONValue
    ) throws(Failure) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount where !takes(word.utf8Start[index]) {
            throw Failure()
        }
        return value
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        place += 1
        var members: [String: JSONValue] = [:]
        skipBlanks()
        if takes(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw Failure() }
            let name = try string()
            skipBlanks()
            guard takes(UInt8(ascii: ":")) else { throw Failure() }
            // Of a name that stands twice nobody can say which is meant.
            guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                throw Failure()
            }
            skipBlanks()
        } while takes(UInt8(ascii: ","))
        guard takes(UInt8(ascii: "}")) else { throw Failure() }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        place += 1
        var values: [JSONValue] = []
        skipBlanks()
        if takes(UInt8(ascii: "]")) { return .array(values) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipBlanks()
        } while takes(UInt8(ascii: ","))
        guard takes(UInt8(ascii: "]")) else { throw Failure() }
        return .array(values)
    }

    // MARK: Numbers

    private mutating func number() throws(Failure) -> JSONValue {
        let start = place
        var isWhole = true
        _ = takes(UInt8(ascii: "-"))
        if !takes(UInt8(ascii: "0")) { try digits() }
        if takes(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            place += 1
            if !takes(UInt8(ascii: "+")) { _ = takes(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .integer(number) }
        guard let number = Double(text), number.isFinite else { throw Failure() }
        return .decimal(number)
    }

    private mutating func digits() throws(Failure) {
        let start = place
        while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
        guard place != start else { throw Failure() }
    }

    // MARK: Texts

    private mutating func string() throws(Failure) -> String {
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            place += 1
        }
        if next == UInt8(ascii: "\"") {
            let text = String(validating: bytes[start..<place], as: UTF8.self)
            place += 1
            guard let text else { throw Failure() }
            return text
        }
        var text = Array(bytes[start..<place])
        while true {
            let byte = try take()
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw Failure() }
                return text
            case UInt8(ascii: "\\"): try escaped(to: &text)
            case 0..<0x20: throw Failure()
            default: text.append(byte)
            }
        }
    }

    private mutating func escaped(to text: inout [UInt8]) throws(Failure) {
        switch try take() {
        case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): text.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexadecimal())
            if (0xD800..<0xDC00).contains(code) {
                guard takes(UInt8(ascii: "\\")), takes(UInt8(ascii: "u")) else { throw Failure() }
                let low = UInt32(try hexadecimal())
                guard (0xDC00..<0xE000).contains(low) else { throw Failure() }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw Failure() }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw Failure()
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            let byte = try take()
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw Failure()
            }
            code = code << 4 | UInt16(digit)
        }
        return code
    }
}

import FleetModel

/// Reads one line of a file of recorded scrapes: a JSON object with `t` (milliseconds since 1970),
/// `us` (microseconds) and either `b` (the body) or `e` (why there is none).
///
/// Strict, and only for this shape: keys in any order, unknown ones skipped, none twice, whole
/// numbers, nothing after the object. The body's bytes are taken as they are where they aren't
/// escaped; whether they are UTF-8 is the exposition parser's question.
struct RecordedLineParser {
    /// What is wrong with a line, in a sentence.
    struct Fault: Error, Equatable {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func parse(_ bytes: [UInt8], line: Int) throws(Fault) -> RecordedScrape {
        var parser = RecordedLineParser(bytes)
        return try parser.readScrape(line)
    }

    private mutating func readScrape(_ line: Int) throws(Fault) -> RecordedScrape {
        var time: Int64?
        var duration: Int64?
        var result: RecordedScrape.Result?
        skipBlanks()
        try expect(UInt8(ascii: "{"))
        skipBlanks()
        if peek() == UInt8(ascii: "}") { throw Fault("the object has no members") }
        while true {
            skipBlanks()
            let key = try readText()
            skipBlanks()
            try expect(UInt8(ascii: ":"))
            skipBlanks()
            if key.elementsEqual("t".utf8) {
                guard time == nil else { throw Fault("\"t\" occurs twice") }
                time = try readInteger()
            } else if key.elementsEqual("us".utf8) {
                guard duration == nil else { throw Fault("\"us\" occurs twice") }
                duration = try readInteger()
            } else if key.elementsEqual("b".utf8) {
                guard result == nil else { throw Fault("there is more than one \"b\" or \"e\"") }
                result = .body(try readText())
            } else if key.elementsEqual("e".utf8) {
                guard result == nil else { throw Fault("there is more than one \"b\" or \"e\"") }
                result = .failure(String(decoding: try readText(), as: UTF8.self))
            } else {
                try skipValue(depth: 0)
            }
            skipBlanks()
            if peek() == UInt8(ascii: "}") { break }
            try expect(UInt8(ascii: ","))
        }
        position += 1
        skipBlanks()
        guard position == bytes.count else { throw Fault("something follows the object") }
        guard let time else { throw Fault("\"t\" is missing") }
        guard let duration else { throw Fault("\"us\" is missing") }
        guard let result else { throw Fault("\"b\" or \"e\" is missing") }
        return RecordedScrape(
            at: Timestamp(milliseconds: time),
            durationMicroseconds: duration,
            result: result,
            line: line
        )
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func expect(_ character: UInt8) throws(Fault) {
        guard peek() == character else {
            let missing = Character(Unicode.Scalar(character))
            throw Fault("'\(missing)' is missing at byte \(position + 1)")
        }
        position += 1
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
            position += 1
        }
    }

    private mutating func readInteger() throws(Fault) -> Int64 {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        let digits = position
        while let byte = peek(), byte &- 0x30 <= 9 { position += 1 }
        let isPadded = position - digits > 1 && bytes[digits] == 0x30
        guard position > digits, !isPadded, position - start <= 20,
            let value = Int64(String(decoding: bytes[start..<position], as: UTF8.self))
        else { throw Fault("a whole number is missing or out of range at byte \(start + 1)") }
        if let byte = peek(), byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
            throw Fault("a number is not a whole one at byte \(start + 1)")
        }
        return value
    }

    /// Any value of a key that isn't known.
    private mutating func skipValue(depth: Int) throws(Fault) {
        guard depth < ReplayLimits.depth else { throw Fault("a value is nested too deeply") }
        switch peek() {
        case UInt8(ascii: "\""):
            _ = try readText()
        case UInt8(ascii: "{"):
            try skipMembers(closing: UInt8(ascii: "}"), depth: depth)
        case UInt8(ascii: "["):
            try skipMembers(closing: UInt8(ascii: "]"), depth: depth)
        default:
            let start = position
            while let byte = peek(), Self.isWordCharacter(byte) { position += 1 }
            let word = String(decoding: bytes[start..<min(position, start + 400)], as: UTF8.self)
            let isNumber = word.first.map { $0 == "-" || $0.isNumber } ?? false
            guard ["true", "false", "null"].contains(word) || isNumber && Double(word) != nil
            else { throw Fault("a value is missing at byte \(start + 1)") }
        }
    }

    private mutating func skipMembers(closing: UInt8, depth: Int) throws(Fault) {
        position += 1
        skipBlanks()
        if peek() == closing {
            position += 1
            return
        }
        while true {
            skipBlanks()
            if closing == UInt8(ascii: "}") {
                _ = try readText()
                skipBlanks()
                try expect(UInt8(ascii: ":"))
                skipBlanks()
            }
            try skipValue(depth: depth + 1)
            skipBlanks()
            if peek() == closing {
                position += 1
                return
            }
            try expect(UInt8(ascii: ","))
        }
    }

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }
}

extension RecordedLineParser {
    /// A quoted text, unescaped.
    private mutating func readText() throws(Fault) -> [UInt8] {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        let line = bytes
        let source = line.span
        var index = position
        while true {
            let start = index
            index = source.positionOfTextEnd(from: index)
            if index > start {
                // Control characters are rare enough to be looked for on their own.
                for control in line[start..<index] where control < 0x20 {
                    throw Fault("a control character is not escaped before byte \(index + 1)")
                }
                text += line[start..<index]
            }
            guard index < source.count else { throw Fault("a text has no end") }
            switch source[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return text
            case UInt8(ascii: "\\"):
                index += 1
                try Self.appendEscaped(to: &text, source, at: &index)
            default:
                throw Fault("a control character is not escaped at byte \(index + 1)")
            }
        }
    }

    private static func appendEscaped(
        to text: inout [UInt8],
        _ source: Span<UInt8>,
        at index: inout Int
    ) throws(Fault) {
        guard index < source.count else { throw Fault("a text has no end") }
        let character = source[index]
        index += 1
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(character)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try readHexadecimal(source, at: &index)
            if 0xD800...0xDBFF ~= code {
                guard index + 1 < source.count, source[index] == UInt8(ascii: "\\"),
                    source[index + 1] == UInt8(ascii: "u")
                else { throw Fault("half a surrogate pair before byte \(index + 1)") }
                index += 2
                let low = try readHexadecimal(source, at: &index)
                guard 0xDC00...0xDFFF ~= low else {
                    throw Fault("half a surrogate pair before byte \(index + 1)")
                }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw Fault("half a surrogate pair before byte \(index + 1)")
            }
            text += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default:
            throw Fault("an unknown escape before byte \(index + 1)")
        }
    }

    private static func readHexadecimal(
        _ source: Span<UInt8>,
        at index: inout Int
    ) throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard index < source.count else { throw Fault("a text has no end") }
            let digit: UInt32
            switch source[index] {
            case 0x30...0x39: digit = UInt32(source[index]) - 0x30
            case 0x41...0x46: digit = UInt32(source[index]) - 0x41 + 10
            case 0x61...0x66: digit = UInt32(source[index]) - 0x61 + 10
            default: throw Fault("\\u has no four digits at byte \(index + 1)")
            }
            value = value << 4 | digit
            index += 1
        }
        return value
    }
}

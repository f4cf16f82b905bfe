/// A JSON text (RFC 8259) whose keys keep their order, so that two reports can be compared by eye.
///
/// Foundation's encoder leaves keys out where a value is unknown, and refuses a NaN; here the first
/// is `null`, and so is the second.
enum JSONText: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case count(UInt64)
    case decimal(Double, places: Int)
    /// As exact as it is; NaN and the infinities as the texts that protocol buffers have for them.
    case real(Double)
    case string(String)
    case array([JSONText])
    case object([(key: String, value: JSONText)])

    /// The text, with an object's members on lines of their own and arrays on one.
    var text: String {
        var output: [UInt8] = []
        write(to: &output, depth: 0)
        return String(decoding: output, as: UTF8.self)
    }

    /// The text without a blank or a line that need not be, as UTF-8.
    var compactBytes: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        write(to: &output, depth: nil)
        return output
    }

    /// - Parameter depth: `nil` without blanks and lines.
    private func write(to output: inout [UInt8], depth: Int?) {
        switch self {
        case .null: output.append("null")
        case .boolean(let value): output.append(value ? "true" : "false")
        case .integer(let value): output.append(String(value))
        case .count(let value): output.append(String(value))
        case .decimal(let value, let places): output.append(Self.number(value, places: places))
        case .real(let value): output.append(Self.real(value))
        case .string(let value): Self.quote(value, to: &output)
        case .array(let values): Self.writeArray(values, to: &output, depth: depth)
        case .object(let members):
            guard !members.isEmpty else {
                output.append("{}")
                return
            }
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                if let depth { output.appendLine(depth + 1) }
                Self.quote(member.key, to: &output)
                output.append(UInt8(ascii: ":"))
                if depth != nil { output.append(UInt8(ascii: " ")) }
                member.value.write(to: &output, depth: depth.map { $0 + 1 })
            }
            if let depth { output.appendLine(depth) }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func writeArray(_ values: [JSONText], to output: inout [UInt8], depth: Int?) {
        let onLines =
            depth != nil && values.contains { if case .object = $0 { true } else { false } }
        output.append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { output.append(depth == nil || onLines ? "," : ", ") }
            if onLines, let depth { output.appendLine(depth + 1) }
            value.write(to: &output, depth: depth.map { $0 + 1 })
        }
        if onLines, let depth { output.appendLine(depth) }
        output.append("]")
    }

    /// Rounded; `null` for what JSON has no number for.
    private static func number(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return "null" }
        let factor = (0..<places).reduce(1.0) { factor, _ in factor * 10 }
        let rounded = (value * factor).rounded() / factor
        let kept = rounded.isFinite ? rounded : value
        return Int64(exactly: kept).map { "\($0)" } ?? "\(kept)"
    }

    private static func real(_ value: Double) -> String {
        if value.isNaN { return "\"NaN\"" }
        if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return "\(value)"
    }

    private static func quote(_ value: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        let isPlain =
            value.utf8.withContiguousStorageIfAvailable { bytes in
                guard bytes.allSatisfy(Self.isPlain) else { return false }
                output.append(contentsOf: bytes)
                return true
            } ?? false
        if !isPlain {
            for scalar in value.unicodeScalars { quote(scalar, to: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Whether it stands for itself in a text.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "<")
    }

    private static func quote(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        switch scalar {
        case "\"": output.append("\\\"")
        case "\\": output.append("\\\\")
        case "\n": output.append("\\n")
        case "\r": output.append("\\r")
        case "\t": output.append("\\t")
        // Controls, the line separators that JavaScript once took for line ends, and `<`, so
        // that no browser reads a report as markup.
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "<":
            let digits = String(scalar.value, radix: 16)
            output.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// A new line, two blanks for each level.
    fileprivate mutating func appendLine(_ depth: Int) {
        append(UInt8(ascii: "\n"))
        append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
}

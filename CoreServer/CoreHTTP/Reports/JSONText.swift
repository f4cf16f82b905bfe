/// A JSON text (RFC 8259) whose keys keep their order, so that two reports can be compared by eye.
///
/// Foundation's encoder leaves keys out where a value is unknown, and refuses a NaN; here the first
/// is `null`, and so is the second.
indirect enum JSONText: Sendable {
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
        var output = ""
        write(to: &output, depth: 0)
        return output
    }

    private func write(to output: inout String, depth: Int) {
        switch self {
        case .null: output += "null"
        case .boolean(let value): output += value ? "true" : "false"
        case .integer(let value): output += "\(value)"
        case .count(let value): output += "\(value)"
        case .decimal(let value, let places): output += Self.number(value, places: places)
        case .real(let value): output += Self.real(value)
        case .string(let value): Self.quote(value, to: &output)
        case .array(let values): Self.writeArray(values, to: &output, depth: depth)
        case .object(let members):
            guard !members.isEmpty else {
                output += "{}"
                return
            }
            output += "{"
            for (index, member) in members.enumerated() {
                output += index == 0 ? "\n" : ",\n"
                output += String(repeating: "  ", count: depth + 1)
                Self.quote(member.key, to: &output)
                output += ": "
                member.value.write(to: &output, depth: depth + 1)
            }
            output += "\n" + String(repeating: "  ", count: depth) + "}"
        }
    }

    private static func writeArray(_ values: [JSONText], to output: inout String, depth: Int) {
        let holdsObjects = values.contains { if case .object = $0 { true } else { false } }
        let separator = holdsObjects ? "\n" + String(repeating: "  ", count: depth + 1) : ""
        output += "["
        for (index, value) in values.enumerated() {
            output += index == 0 ? separator : "," + (holdsObjects ? separator : " ")
            value.write(to: &output, depth: depth + 1)
        }
        output += holdsObjects ? "\n" + String(repeating: "  ", count: depth) + "]" : "]"
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

    private static func quote(_ value: String, to output: inout String) {
        output += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            // Controls, the line separators that JavaScript once took for line ends, and `<`, so
            // that no browser reads a report as markup.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "<":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}

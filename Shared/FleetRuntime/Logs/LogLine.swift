import FleetModel
import Logging

/// One line of this program's own log, ready to be written in either format.
package struct LogLine: Sendable {
    package let time: Timestamp
    package let level: Logger.Level
    package let label: String
    package let message: String
    package let metadata: Logger.Metadata

    package init(
        time: Timestamp,
        level: Logger.Level,
        label: String,
        message: String,
        metadata: Logger.Metadata
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
    }

    /// One line without its newline; the metadata are sorted by key.
    package func line(_ format: LogFormat) -> String {
        switch format {
        case .text: textLine
        case .json: jsonLine
        }
    }

    private var textLine: String {
        let name = level.rawValue
        let padding = String(repeating: " ", count: max(0, 5 - name.utf8.count))
        var line = "\(time) \(name)\(padding) [\(Self.plain(label))] \(Self.plain(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(Self.plain(key))=\(Self.quotedWhereNeeded("\(value)"))"
        }
        return line
    }

    private var jsonLine: String {
        var line = #"{"time":"\#(time)","level":"\#(level.rawValue)","label":"#
        line += Self.quoted(label) + #","message":"# + Self.quoted(message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            // A key that is one of the record's own would make the object ambiguous.
            let isTaken = ["time", "level", "label", "message"].contains(key)
            line += ",\(Self.quoted(isTaken ? "metadata.\(key)" : key)):\(Self.json(value))"
        }
        return line + "}"
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text):
            quoted(text)
        case .stringConvertible(let convertible):
            // Numbers stay numbers; everything else is its description.
            if let number = convertible as? any BinaryInteger {
                "\(number)"
            } else if let flag = convertible as? Bool {
                "\(flag)"
            } else if let number = convertible as? Double, number.isFinite {
                "\(number)"
            } else {
                quoted("\(convertible)")
            }
        case .array(let elements):
            "[" + elements.map(json).joined(separator: ",") + "]"
        case .dictionary(let pairs):
            "{"
                + pairs.sorted { $0.key < $1.key }
                .map { "\(quoted($0.key)):\(json($0.value))" }
                .joined(separator: ",") + "}"
        }
    }

    private static func quotedWhereNeeded(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy { scalar in
            !isControl(scalar) && scalar != " " && scalar != "\"" && scalar != "="
        }
        return isPlain && !value.isEmpty ? value : quoted(value)
    }

    /// A line in the log is one line of text: what would break it, or a terminal, is escaped.
    private static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return escaped(text, isQuoted: false)
    }

    /// A JSON string, which is also how text values with blanks are written.
    private static func quoted(_ text: String) -> String {
        "\"" + escaped(text, isQuoted: true) + "\""
    }

    private static func escaped(_ text: String, isQuoted: Bool) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += #"\n"#
            case "\r": result += #"\r"#
            case "\t": result += #"\t"#
            case "\\" where isQuoted: result += #"\\"#
            case "\"" where isQuoted: result += #"\""#
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                result += #"\u"# + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        // C0, DEL, C1, and the two separators that some readers take for a newline.
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}

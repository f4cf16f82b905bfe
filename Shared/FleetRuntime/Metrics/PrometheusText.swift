/// Writes the Prometheus text exposition format, version 0.0.4.
///
/// After https://prometheus.io/docs/instrumenting/exposition_formats/: backslash and newline are
/// escaped in help texts, and the quotation mark too in label values.
struct PrometheusText {
    private(set) var text = ""

    mutating func begin(_ declaration: MetricDeclaration) {
        let help = Self.escaped(declaration.help, quotes: false)
        text += "# HELP \(declaration.name) \(help)\n"
        text += "# TYPE \(declaration.name) \(declaration.kind.rawValue)\n"
    }

    mutating func sample(_ name: String, labels: [String], _ values: [String], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{"
            for (index, (label, value)) in zip(labels, values).enumerated() {
                if index > 0 { text += "," }
                text += "\(label)=\"\(Self.escaped(value, quotes: true))\""
            }
            text += "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// The shortest text that reads back as the same number.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Whole numbers without a point, as far as a Double holds them exactly.
        if value.magnitude < 9_007_199_254_740_992, value.rounded() == value {
            return String(Int64(value))
        }
        return String(value)
    }

    private static func escaped(_ value: String, quotes: Bool) -> String {
        let special: Set<UInt8> = [UInt8(ascii: "\\"), UInt8(ascii: "\n"), UInt8(ascii: "\"")]
        guard value.utf8.contains(where: special.contains) else { return value }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quotes: escaped += #"\""#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

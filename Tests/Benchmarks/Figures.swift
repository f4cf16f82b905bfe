import FleetRuntime

/// A benchmark's figures in the order in which they are shown.
struct Figures {
    private var rows: [(key: String, value: Double, text: String, note: String)] = []
    private let title: String

    init(title: String) {
        self.title = title
    }

    /// - Parameters:
    ///   - decimals: digits behind the point.
    ///   - note: the unit, or what it is compared with.
    mutating func add(_ key: String, _ value: Double, decimals: Int = 0, note: String = "") {
        rows.append((key, value, Self.text(value, decimals: decimals), note))
    }

    subscript(key: String) -> Double? { rows.first { $0.key == key }?.value }

    func print(json: Bool) {
        StandardStreams.out(json ? jsonText : text)
    }

    private var jsonText: String {
        let pairs = rows.map { row in
            "\"\(row.key)\":\(row.value.isFinite ? Self.plain(row.value) : "null")"
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    /// The title, and a line for each figure.
    var text: String {
        let width = rows.map(\.key.count).max() ?? 0
        let numbers = rows.map(\.text.count).max() ?? 0
        let lines = rows.map { row in
            let key = row.key + String(repeating: " ", count: width - row.key.count)
            let number = String(repeating: " ", count: numbers - row.text.count) + row.text
            return "  \(key)  \(number)  \(row.note)"
        }
        return ([title] + lines).joined(separator: "\n")
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// Fixed decimals, thousands apart.
    static func text(_ value: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        guard value.isFinite, abs(value * scale) < 9e15 else { return "\(value)" }
        let scaled = Int64((value * scale).rounded())
        let whole = String(abs(scaled) / Int64(scale))
        var grouped = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { grouped += "," }
            grouped.append(digit)
        }
        guard decimals > 0 else { return (scaled < 0 ? "-" : "") + grouped }
        let fraction = String(abs(scaled) % Int64(scale))
        let padding = String(repeating: "0", count: decimals - fraction.count)
        return (scaled < 0 ? "-" : "") + "\(grouped).\(padding)\(fraction)"
    }
}

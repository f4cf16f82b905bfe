import FleetRuntime

/// A deployment's waves as bars, for people who watch.
struct WaveBars {
    private static let width = 24
    /// In the order in which they fill a bar.
    private static let parts: [(mark: Character, states: Set<String>)] = [
        ("█", ["succeeded"]),
        ("▓", ["activating", "soaking"]),
        ("▒", ["downloading", "staged", "armed"]),
        ("░", ["offered", "preparing", "awaiting_reconnect"]),
        (
            "✗",
            [
                "failed_no_change", "failed_rolled_back", "failed_not_rolled_back", "failed_unable",
                "refused", "lost",
            ]
        ),
    ]

    let lines: [String]

    init(deployment: JSONValue, waves: [JSONValue]) {
        let name = deployment["name"]?.cell ?? "–"
        let state = deployment["state"]?.cell ?? "–"
        let reason = deployment["reason"]?.string ?? ""
        let names = waves.map { $0["name"]?.cell ?? "–" }
        let longest = names.map(\.count).max() ?? 0
        lines =
            ["\(name): \(state)\(reason.isEmpty ? "" : ", \(reason)")"]
            + zip(names, waves).map { name, wave in
                name + String(repeating: " ", count: longest - name.count) + "  "
                    + Self.line(of: wave)
            }
    }

    private static func line(of wave: JSONValue) -> String {
        var counts: [String: Int64] = [:]
        if case .object(let states)? = wave["states"] {
            for (state, count) in states {
                if case .integer(let count) = count { counts[state] = count }
            }
        }
        let total = counts.values.reduce(0, +)
        let told = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        var text = "[\(bar(counts, of: total))] \(wave["state"]?.cell ?? "–")"
        if !told.isEmpty { text += "  \(told)" }
        if let verdict = wave["verdict"]?.string { text += "  gate: \(verdict)" }
        if let reason = wave["reason"]?.string, !reason.isEmpty { text += " (\(reason))" }
        return text
    }

    /// Each part as long as its share; whatever there is shows.
    private static func bar(_ counts: [String: Int64], of total: Int64) -> String {
        guard total > 0 else { return String(repeating: "·", count: width) }
        var bar = ""
        for part in parts {
            let count = part.states.reduce(0) { $0 + (counts[$1] ?? 0) }
            guard count > 0 else { continue }
            let length = max(1, Int((Double(count) / Double(total) * Double(width)).rounded()))
            bar += String(repeating: part.mark, count: min(length, width - bar.count))
        }
        return bar + String(repeating: "·", count: width - bar.count)
    }
}

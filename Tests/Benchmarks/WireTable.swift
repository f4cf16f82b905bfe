import FleetRuntime

/// Figures by what they are of and by the length of segments.
struct WireTable {
    let title: String
    let columns: [String]
    private var rows: [(name: String, values: [Double?], decimals: Int)] = []

    init(title: String, columns: [String]) {
        self.title = title
        self.columns = columns
    }

    mutating func add(_ name: String, _ values: [Double?], decimals: Int) {
        rows.append((name, values, decimals))
    }

    var json: String {
        let lines = rows.map { row in
            let values = row.values.map { $0.map { "\($0)" } ?? "null" }
            return "\"\(row.name)\":[\(values.joined(separator: ","))]"
        }
        let names = columns.map { "\"\($0)\"" }.joined(separator: ",")
        return "{\"columns\":[\(names)],\(lines.joined(separator: ","))}"
    }

    var text: String {
        let cells = rows.map { row in
            row.values.map { $0.map { Figures.text($0, decimals: row.decimals) } ?? "–" }
        }
        let nameWidth = rows.map(\.name.count).max() ?? 0
        let width = (cells.flatMap { $0 } + columns).map(\.count).max() ?? 0
        func line(_ name: String, _ values: [String]) -> String {
            let padded = values.map { String(repeating: " ", count: width - $0.count) + $0 }
            let gap = String(repeating: " ", count: nameWidth - name.count)
            return "  \(name)\(gap)  \(padded.joined(separator: "  "))"
        }
        let lines = zip(rows, cells).map { line($0.name, $1) }
        return ([title, line("", columns)] + lines).joined(separator: "\n")
    }
}

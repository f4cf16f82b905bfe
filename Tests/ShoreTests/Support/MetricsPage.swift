/// A page of `/metrics`, by series.
struct MetricsPage {
    private var values: [String: Double] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            values[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
    }

    /// A series as it is written: `name{label="value"}`.
    subscript(series: String) -> Double? { values[series] }
}

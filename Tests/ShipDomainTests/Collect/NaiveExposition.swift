import FleetModel

/// A second implementation of Prometheus text, as simple as can be and written without a look at
/// the first: it splits strings, keeps families in a dictionary and reads numbers with `Double`.
/// Only for well-formed text of real exporters.
struct NaiveExposition {
    struct Sample {
        var series: String
        var labels: [String: String]
        var value: Double
        var kind: SeriesKind
    }

    private(set) var samples: [Sample] = []
    private var kinds: [String: SeriesKind] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            if line.hasPrefix("# TYPE ") {
                let names: [Substring: SeriesKind] = [
                    "counter": .counter, "gauge": .gauge, "histogram": .histogram,
                    "summary": .summary, "untyped": .unknown,
                ]
                kinds[String(words[2])] = names[words[3]]
            }
            guard !line.hasPrefix("#") else { continue }
            // Values of labels may hold spaces, numbers may not.
            guard let space = line.lastIndex(of: " "),
                let value = Double(line[space...].dropFirst())
            else { continue }
            let series = String(line[..<space])
            let labels = Self.labels(series)
            samples.append(
                Sample(
                    series: series,
                    labels: labels,
                    value: value,
                    kind: kind(labels["__name__"] ?? "")
                )
            )
        }
    }

    private func kind(_ name: String) -> SeriesKind {
        if let kind = kinds[name] { return kind }
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let kind = kinds[String(name.dropLast(suffix.count))]
            if kind == .histogram || kind == .summary && suffix != "_bucket" {
                return kind ?? .unknown
            }
        }
        return .unknown
    }

    private static func labels(_ series: String) -> [String: String] {
        guard let brace = series.firstIndex(of: "{") else { return ["__name__": series] }
        var labels = ["__name__": String(series[..<brace])]
        var rest = series[brace...].dropFirst()
        while let equals = rest.firstIndex(of: "=") {
            let name = String(rest[..<equals])
            rest = rest[equals...].dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                let escaped = rest.popFirst() ?? "\\"
                value.append(escaped == "n" ? "\n" : escaped)
            }
            labels[name] = value
            if rest.first == "," { rest = rest.dropFirst() }
        }
        return labels
    }
}

/// A metric's name, meaning and labels, as declared.
struct MetricDeclaration: Sendable, Equatable {
    enum Kind: String {
        case counter, gauge, histogram
    }

    let name: String
    let help: String
    let kind: Kind
    let labels: [String]

    init(name: String, help: String, kind: Kind, labels: [String]) {
        precondition(Self.isName(name), "\(name) is not a metric name")
        precondition(!help.isEmpty, "\(name) needs a sentence that says what it counts")
        precondition(
            kind != .counter || name.hasSuffix("_total"),
            "\(name) is a counter: its name ends in _total"
        )
        precondition(labels.allSatisfy(Self.isName), "\(name) has a label that is not a name")
        precondition(!labels.contains("le"), "\(name): `le` belongs to histograms themselves")
        precondition(Set(labels).count == labels.count, "\(name) names a label twice")
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
    }

    /// Refuses a call whose values do not match the declared labels.
    func check(_ labelValues: [String]) {
        precondition(
            labelValues.count == labels.count,
            "\(name) takes \(labels.count) label values, got \(labelValues.count)"
        )
    }

    /// The values under which everything beyond the series limit is counted together.
    var overflow: [String] { labels.map { _ in "overflow" } }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}

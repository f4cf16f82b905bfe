import CoreDomain
import FleetModel

/// The links of a report's page: the same report over other ranges, and in other forms.
struct ReportLinks: Sendable {
    /// How far the end of a range may lie from the moment of the report to count as "up to now".
    private static let tolerance = Duration.seconds(120)

    struct Link: Sendable, Equatable {
        let label: String
        let target: String
        let isCurrent: Bool
    }

    let ranges: [Link]
    let formats: [Link]

    init(path: String, range: TimeRange, generatedAt: Timestamp) {
        // A range that ends in the past is not the preset of its length: its links keep its ends.
        let endsNow =
            (range.to - generatedAt).milliseconds.magnitude
            <= Self.tolerance.milliseconds.magnitude
        let current = ReportSpan.allCases.first { endsNow && $0.length == range.length }
        ranges = ReportSpan.allCases.map { span in
            Link(
                label: span.label,
                target: "\(path)?range=\(span.rawValue)",
                isCurrent: span == current
            )
        }
        let query = current.map { "range=\($0.rawValue)" } ?? "from=\(range.from)&to=\(range.to)"
        let others: [(ReportFormat, String)] = [(.json, "JSON"), (.csv, "CSV"), (.text, "Text")]
        formats = others.map { format, label in
            Link(
                label: label,
                target: "\(path)?\(query)&format=\(format.rawValue)",
                isCurrent: false
            )
        }
    }
}

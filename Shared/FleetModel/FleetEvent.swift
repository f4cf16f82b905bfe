/// Something that happened aboard and that people ashore should know: the `events` lane's record.
package struct FleetEvent: Hashable, Sendable {
    /// Raw values are wire and table values; they are ordered.
    package enum Severity: UInt8, Sendable, Comparable, CaseIterable, CustomStringConvertible {
        case info = 1
        case warning = 2
        case critical = 3

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

        package var description: String {
            switch self {
            case .info: "info"
            case .warning: "warning"
            case .critical: "critical"
            }
        }
    }

    package let at: Timestamp
    package let severity: Severity
    /// A stable word for machines, such as `target_down`.
    package let kind: String
    /// One line for people.
    package let message: String

    package init(at: Timestamp, severity: Severity, kind: String, message: String) {
        self.at = at
        self.severity = severity
        self.kind = kind
        self.message = message
    }
}

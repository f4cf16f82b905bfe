/// One line that a program or a device aboard has logged: the `logs` lane's record.
///
/// The fields are those of syslog (RFC 5424), which other sources are mapped to. No text holds a
/// NUL character.
package struct LogRecord: Hashable, Sendable {
    /// Raw values are syslog's, the wire's and the tables': the lower, the worse.
    package enum Severity: UInt8, Sendable, Comparable, CaseIterable, CustomStringConvertible {
        case emergency = 0
        case alert = 1
        case critical = 2
        case error = 3
        case warning = 4
        case notice = 5
        case informational = 6
        case debug = 7

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

        package var description: String {
            switch self {
            case .emergency: "emergency"
            case .alert: "alert"
            case .critical: "critical"
            case .error: "error"
            case .warning: "warning"
            case .notice: "notice"
            case .informational: "info"
            case .debug: "debug"
            }
        }
    }

    /// When it was logged, by the clock of whoever logged it, or when it came where that is unknown.
    package let at: Timestamp
    package let severity: Severity
    /// Syslog's facility, 0…23: 0 kernel, 1 user, 3 daemons, 4 security, 16…23 local use.
    package let facility: UInt8
    package let host: String
    package let app: String
    package let procid: String
    package let msgid: String
    /// Structured data: `element.parameter` and its value.
    package let structured: LabelSet
    package let message: String

    package init(
        at: Timestamp,
        severity: Severity,
        facility: UInt8 = 1,
        host: String = "",
        app: String = "",
        procid: String = "",
        msgid: String = "",
        structured: LabelSet = LabelSet([]),
        message: String
    ) {
        self.at = at
        self.severity = severity
        self.facility = facility
        self.host = host
        self.app = app
        self.procid = procid
        self.msgid = msgid
        self.structured = structured
        self.message = message
    }

    /// About what it takes in memory and in a queue.
    package var byteCount: Int {
        let fields = host.utf8.count + app.utf8.count + procid.utf8.count + msgid.utf8.count
        let labels = structured.labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        return 16 + fields + labels + message.utf8.count
    }
}

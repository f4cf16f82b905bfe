import CoreDomain
import FleetModel

/// Log records for a terminal, a line each, newest first: time, severity, host, program, message.
enum LogText {
    static func render(_ page: LogPage) -> String {
        page.records.map { line($0) + "\n" }.joined()
    }

    private static func line(_ record: LogRecord) -> String {
        let process = record.procid.isEmpty ? "" : "[\(record.procid)]"
        let source = [record.host, record.app + process].filter { !$0.isEmpty }
            .joined(separator: " ")
        let labels = record.structured.labels.map { " \($0.name)=\"\($0.value)\"" }.joined()
        let text = "\(source): \(record.message)\(labels)".printable
        return "\(record.at) \(record.severity.description.padded(to: 9)) \(text)"
    }
}

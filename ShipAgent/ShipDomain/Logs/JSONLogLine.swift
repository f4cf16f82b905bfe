import FleetModel
import FoundationEssentials

/// One log record as a JSON object, as programs write them to files and agents send them.
///
/// | member | also | |
/// |---|---|---|
/// | `message` | `msg`, `log` | the text; required |
/// | `time` | `timestamp`, `@timestamp`, `ts` | RFC 3339, or seconds since 1970; the time of arrival where absent |
/// | `severity` | `level`, `lvl` | a word or syslog's number; info where absent |
/// | `host` | `hostname` | |
/// | `app` | `program`, `service`, `logger` | |
/// | `procid`, `msgid`, `facility` | `pid` | |
///
/// All other members become structured data under their names; what is nested, with a point between
/// its names.
package struct JSONLogLine {
    private struct Value: Decodable {
        enum Content {
            case text(String)
            case object([String: Value])
            case list([Value])
            case null
        }

        let content: Content

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                content = .text(text)
            } else if let value = try? container.decode(Bool.self) {
                content = .text(value ? "true" : "false")
            } else if let value = try? container.decode(Int64.self) {
                content = .text("\(value)")
            } else if let value = try? container.decode(Double.self) {
                content = .text("\(value)")
            } else if let object = try? container.decode([String: Value].self) {
                content = .object(object)
            } else if let list = try? container.decode([Value].self) {
                content = .list(list)
            } else {
                content = .null
            }
        }
    }

    /// A line that is no log record.
    package struct Malformed: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    private static let words: [String: LogRecord.Severity] = [
        "emergency": .emergency, "emerg": .emergency, "panic": .emergency,
        "alert": .alert, "critical": .critical, "crit": .critical, "fatal": .critical,
        "error": .error, "err": .error, "warning": .warning, "warn": .warning,
        "notice": .notice, "informational": .informational, "information": .informational,
        "info": .informational, "debug": .debug, "trace": .debug, "verbose": .debug,
    ]

    private var members: [String: Value]

    package static func record(
        _ line: some Collection<UInt8>,
        from sender: String,
        at now: Timestamp,
        limit: Int
    ) throws(Malformed) -> LogRecord {
        let members: [String: Value]
        do {
            members = try JSONDecoder().decode([String: Value].self, from: Data(line))
        } catch {
            throw Malformed(description: "it is not a JSON object")
        }
        var reader = JSONLogLine(members: members)
        return try reader.record(from: sender, at: now, limit: limit)
    }

    private mutating func record(
        from sender: String,
        at now: Timestamp,
        limit: Int
    ) throws(Malformed) -> LogRecord {
        guard let message = take("message", "msg", "log") else {
            throw Malformed(description: "it has no 'message'")
        }
        let text = take("time", "timestamp", "@timestamp", "ts")
        guard text.map({ Timestamp(parsing: $0) != nil }) ?? true else {
            throw Malformed(description: "its time is neither RFC 3339 nor seconds since 1970")
        }
        let time = LogTime.judge(text, at: now)
        var severity = LogRecord.Severity.informational
        if let text = take("severity", "level", "lvl") {
            let number = UInt8(text).flatMap(LogRecord.Severity.init(rawValue:))
            guard let known = Self.words[text.lowercased()] ?? number else {
                throw Malformed(description: "its severity is neither a known word nor 0 to 7")
            }
            severity = known
        }
        let facility = take("facility").flatMap { UInt8($0) } ?? 1
        let host = take("host", "hostname") ?? sender
        let app = take("app", "program", "service", "logger") ?? ""
        let procid = take("procid", "pid") ?? ""
        let msgid = take("msgid") ?? ""
        var labels: [LabelSet.Label] = time.label.map { [$0] } ?? []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            Self.flatten(name, value, depth: 0, into: &labels)
        }
        return LogRecord(
            bounding: Array(message.utf8),
            at: time.at,
            severity: severity,
            facility: facility,
            host: host,
            app: app,
            procid: procid,
            msgid: msgid,
            labels: labels,
            limit: limit
        )
    }

    /// The first of these members that is a text or a number.
    private mutating func take(_ names: String...) -> String? {
        for name in names {
            if case .text(let text)? = members[name]?.content {
                members[name] = nil
                return text
            }
        }
        return nil
    }

    private static func flatten(
        _ name: String,
        _ value: Value,
        depth: Int,
        into labels: inout [LabelSet.Label]
    ) {
        guard labels.count < Limits.labelsPerSeries, depth < 8 else { return }
        switch value.content {
        case .text(let text): labels.append(LabelSet.Label(name, text))
        case .null: break
        case .object(let members):
            for (inner, value) in members.sorted(by: { $0.key < $1.key }) {
                flatten("\(name).\(inner)", value, depth: depth + 1, into: &labels)
            }
        case .list(let values):
            for (index, value) in values.enumerated() {
                flatten("\(name).\(index)", value, depth: depth + 1, into: &labels)
            }
        }
    }
}

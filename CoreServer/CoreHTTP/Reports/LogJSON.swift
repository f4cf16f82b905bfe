import CoreDomain
import FleetModel

/// Log records for programs. Keys are added, never renamed or removed.
///
/// - `ship`: its name.
/// - `records[]`, newest first: `at` (RFC 3339, UTC), `severity` (a word), `facility` (0…23), `host`,
///   `app`, `procid`, `msgid`, `structured` (an object of texts), `message`.
/// - `next`: the `cursor` of the next part, or `null`. A part may be empty and have a next one: a
///   search looks through so much at a time.
enum LogJSON {
    static func render(_ page: LogPage, ship: String) -> String {
        let members: [(key: String, value: JSONText)] = [
            ("ship", .string(ship)),
            ("records", .array(page.records.map(record))),
            ("next", page.next.map { .string($0.description) } ?? .null),
        ]
        return JSONText.object(members).text + "\n"
    }

    private static func record(_ record: LogRecord) -> JSONText {
        .object([
            ("at", .string(record.at.description)),
            ("severity", .string(record.severity.description)),
            ("facility", .integer(Int64(record.facility))),
            ("host", .string(record.host)),
            ("app", .string(record.app)),
            ("procid", .string(record.procid)),
            ("msgid", .string(record.msgid)),
            (
                "structured",
                .object(record.structured.labels.map { ($0.name, .string($0.value)) })
            ),
            ("message", .string(record.message)),
        ])
    }
}

/// How a log record is written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-11-21T12:00:00.123Z info  [label] message key=value`, for people.
    case text
    /// One JSON object per line, for collectors.
    case json
}

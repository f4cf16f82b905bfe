import FleetModel

/// A part of a ship's log records, the newest first.
package struct LogPage: Sendable {
    package var records: [LogRecord] = []
    /// Where the next part begins, or `nil` where there is none. A search that found little in what
    /// it may look through at once has a next part too.
    package var next: LogCursor?
}

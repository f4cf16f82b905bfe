import FleetModel

/// Accepted records taken from the window to be sealed; their rows stay until that is done.
package struct LooseLogs: Sendable {
    package let records: [LogRecord]
    let rows: [Int64]
}

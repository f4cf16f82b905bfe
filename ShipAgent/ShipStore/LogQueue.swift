import FleetModel

/// How much waits in the lane of log records, and where.
package struct LogQueue: Sendable {
    /// One severity's records that have no place in the lane.
    package struct Waiting: Sendable {
        package let severity: LogRecord.Severity
        /// As they were accepted.
        package let looseBytes: Int
        package let oldestLoose: Timestamp?
        /// Sealed, without a sequence.
        package let packedBytes: Int
    }

    /// Sealed into the lane and not committed ashore.
    package let laneBytes: Int
    package let waiting: [Waiting]

    package var looseBytes: Int { waiting.reduce(0) { $0 + $1.looseBytes } }
    package var packedBytes: Int { waiting.reduce(0) { $0 + $1.packedBytes } }
    package var bytes: Int { laneBytes + looseBytes + packedBytes }
    package var oldestLoose: Timestamp? { waiting.compactMap(\.oldestLoose).min() }
}

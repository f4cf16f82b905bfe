import FleetModel

/// What the store knows of earlier runs' remote writes.
package struct IntakeMemory: Sendable {
    /// What the identities of the targets begin with whose samples come this way.
    static let identityPrefix = "remote_write"

    /// The time of each series' newest sample, by number; `Int64.min` where there is none.
    package var newest: [Int64] = []
    package var requests: [(slot: Int, digest: [UInt8])] = []

    mutating func note(_ batch: SampleBatch) {
        for number in batch.numbers {
            let index = Int(number.rawValue)
            while newest.count <= index { newest.append(.min) }
            newest[index] = max(newest[index], batch.at.milliseconds)
        }
    }
}

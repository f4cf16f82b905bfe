import FleetModel

/// A place among a ship's log records, which lie newest first; of one time, as they came last.
package struct LogCursor: Sendable, Comparable, CustomStringConvertible {
    let at: Int64
    let epoch: Int64
    let sequence: Int64
    let ordinal: Int64

    init(at: Int64, epoch: Int64, sequence: Int64, ordinal: Int64) {
        self.at = at
        self.epoch = epoch
        self.sequence = sequence
        self.ordinal = ordinal
    }

    /// Before every record of this time and of earlier ones.
    init(before at: Int64) {
        self.init(at: at, epoch: .max, sequence: .max, ordinal: .max)
    }

    /// - Throws: `DomainError` `invalid`.
    package init(parsing text: String) throws(DomainError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            .map { Int64($0) }
        guard parts.count == 4, let at = parts[0], let epoch = parts[1], let sequence = parts[2],
            let ordinal = parts[3]
        else { throw DomainError(.invalid, "'cursor' is not one that an answer gave as 'next'") }
        self.init(at: at, epoch: epoch, sequence: sequence, ordinal: ordinal)
    }

    package var description: String { "\(at).\(epoch).\(sequence).\(ordinal)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.at, left.epoch, left.sequence, left.ordinal)
            < (right.at, right.epoch, right.sequence, right.ordinal)
    }
}

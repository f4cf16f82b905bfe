import FleetModel

/// A half-open range of time: `from` belongs to it, `to` does not.
package struct TimeRange: Sendable, Equatable {
    package let from: Timestamp
    package let to: Timestamp

    /// The longest range that a report covers.
    package static let longest = Duration.seconds(400 * 86_400)

    /// - Throws: `DomainError` `invalid`.
    package init(from: Timestamp, to: Timestamp) throws(DomainError) {
        guard from < to else {
            throw DomainError(.invalid, "'from' (\(from)) must be before 'to' (\(to))")
        }
        guard to - from <= Self.longest else {
            throw DomainError(.invalid, "a report covers at most 400 days")
        }
        guard TableTime.clamped(from.milliseconds) == from,
            TableTime.clamped(to.milliseconds) == to
        else { throw DomainError(.invalid, "the years 1 to 9999 can be asked for") }
        self.from = from
        self.to = to
    }

    package var length: Duration { to - from }
}

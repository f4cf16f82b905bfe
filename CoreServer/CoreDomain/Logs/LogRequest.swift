import FleetModel

/// Which log records to look for.
package struct LogRequest: Sendable {
    package static let mostRecords = 1000

    let terms: LogTerms
    /// The mildest severity that is wanted.
    let mildest: LogRecord.Severity
    package let range: TimeRange
    let limit: Int
    let after: LogCursor?

    /// - Throws: `DomainError` `invalid`.
    package init(
        terms: LogTerms,
        mildest: LogRecord.Severity = .debug,
        range: TimeRange,
        limit: Int,
        after: LogCursor? = nil
    ) throws(DomainError) {
        guard (1...Self.mostRecords).contains(limit) else {
            throw DomainError(.invalid, "'limit' is 1 to \(Self.mostRecords)")
        }
        self.terms = terms
        self.mildest = mildest
        self.range = range
        self.limit = limit
        self.after = after
    }

    func wants(_ record: LogRecord) -> Bool {
        record.severity <= mildest && record.at >= range.from && record.at < range.to
            && terms.match(record)
    }
}

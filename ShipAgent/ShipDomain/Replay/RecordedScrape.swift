import FleetModel

/// One line of a file of recorded scrapes.
package struct RecordedScrape: Sendable, Equatable {
    package enum Result: Sendable, Equatable {
        /// The exposition as it was served.
        case body([UInt8])
        /// Why there is none.
        case failure(String)
    }

    /// When the request began.
    package let at: Timestamp
    /// How long it took.
    package let durationMicroseconds: Int64
    package let result: Result
    /// The file's line, counted from 1.
    package let line: Int

    package init(at: Timestamp, durationMicroseconds: Int64, result: Result, line: Int) {
        self.at = at
        self.durationMicroseconds = durationMicroseconds
        self.result = result
        self.line = line
    }
}

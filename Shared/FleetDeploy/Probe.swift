/// A question that a ship asks of itself to learn whether what it activated works.
///
/// Commands are named and defined aboard: nothing that comes down a link is run as one. There is no probe of
/// the link: that a ship is out of reach says nothing about what it runs.
package struct Probe: Sendable, Equatable {
    package enum Question: Sendable, Equatable {
        /// A command of the ship's own configuration, by name; fine if it exits with 0.
        case command(String)
        /// A GET of the ship's own machine, fine if it answers with 200–299.
        case http(port: UInt16, path: String)
        /// The last value of a series, as a selector: fine if the comparison holds; a series without a
        /// value in the last minutes is not fine.
        case metric(selector: String, Comparison, Double)
        /// The edge analytics' share of anomalies since the activation, in thousandths, at most this.
        case anomalies(atMost: UInt32)
    }

    /// Raw values are wire values.
    package enum Comparison: UInt8, Sendable, CaseIterable {
        case below = 1
        case atMost = 2
        case atLeast = 3
        case above = 4

        package func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .below: left < right
            case .atMost: left <= right
            case .atLeast: left >= right
            case .above: left > right
            }
        }
    }

    package static let limit = 16
    package static let textBytes = 512

    package let question: Question
    /// Seconds from one asking to the next.
    package let interval: UInt32
    /// Answers in a row that were not fine, from which on the version has failed.
    package let failures: UInt32

    package init(_ question: Question, interval: UInt32 = 30, failures: UInt32 = 3) {
        self.question = question
        self.interval = interval
        self.failures = failures
    }
}

import FleetModel

/// One ship over a range of time.
package struct ShipReport: Sendable {
    /// A line of a chart: what to plot at which time.
    package struct Line: Sendable, Equatable {
        package let points: [(at: Timestamp, value: Double)]

        package init(points: [(at: Timestamp, value: Double)]) {
            self.points = points
        }

        package static func == (left: Self, right: Self) -> Bool {
            left.points.elementsEqual(right.points) { $0.at == $1.at && $0.value == $1.value }
        }

        /// The mean of all values, or `nil` without one.
        package var mean: Double? {
            points.isEmpty ? nil : points.reduce(0) { $0 + $1.value } / Double(points.count)
        }

        package var maximum: Double? { points.map(\.value).max() }

        package var latest: Double? { points.last?.value }
    }

    /// How the link was.
    package struct Link: Sendable, Equatable {
        /// Connected time over the range (or over what has passed of it), 0…1.
        package let availability: Double
        package let sessions: Int
        /// As TLS carried them.
        package let bytesUp: Int64
        package let bytesDown: Int64
    }

    package let name: String
    package let isRevoked: Bool
    package let lastContact: Timestamp?
    package let agentVersion: String?
    /// Positive when the ship's clock is ahead.
    package let clockOffset: Duration?
    package let link: Link
    /// Since the ship was first heard, whatever the range: an account has no beginning but the first.
    package let ledger: [Lane: LedgerTotals]
    /// Records in segments that were set aside; they are counted in `lost` too.
    package let quarantined: Int64
    /// Busy share of all processors, 0…1.
    package let processor: Line
    /// Used share of memory, 0…1.
    package let memory: Line
    /// Used share of the fullest disk, 0…1.
    package let disk: Line
    /// The mount point of that disk.
    package let diskMount: String?
    /// Bytes per second over all network devices but loopback.
    package let networkReceive: Line
    package let networkTransmit: Line
    /// Connected share per interval, 0…1.
    package let availabilityLine: Line
    /// The newest first, at most 50.
    package let events: [FleetEvent]
    /// The newest place within the range, where the ship tells it.
    package var position: ShipPosition?

    /// What stands for samples of the range that were thinned: the finest first.
    package var thinned: [Thinned] = []
    /// Where the ship's account and the shore's do not agree, newest first.
    package var differences: [LedgerDifference] = []

    /// Samples of which so much is left.
    package struct Thinned: Sendable, Equatable {
        package let rung: Rung
        package let samples: UInt64

        package init(rung: Rung, samples: UInt64) {
            self.rung = rung
            self.samples = samples
        }
    }

    /// All samples, as the report shows them in one row.
    package var samples: LedgerTotals { ledger[.metrics] ?? LedgerTotals() }
}

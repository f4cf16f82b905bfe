import FleetModel

/// The lengths of the intervals that rollups are kept for. Raw values are table values.
package enum RollupResolution: Int32, CaseIterable, Sendable {
    case fiveMinutes = 300
    case hour = 3600
    case day = 86_400

    /// Those of five minutes would be a quarter longer with sketches (0.06 bytes a sample, scraped
    /// every 15 s), and a quantile is rarely asked for by five minutes.
    package var keepsSketches: Bool { self != .fiveMinutes }

    package var length: Duration { .seconds(Int64(rawValue)) }
}

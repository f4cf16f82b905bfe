import FleetModel

/// The lengths of the intervals that rollups are kept for. Raw values are table values.
package enum RollupResolution: Int32, CaseIterable, Sendable {
    case fiveMinutes = 300
    case hour = 3600
    case day = 86_400

    package var length: Duration { .seconds(Int64(rawValue)) }
}

/// One append-only byte stream from a ship to the shore. Raw values are wire and table values.
package enum Lane: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    /// Alerts, incidents, outcomes: sent before everything else.
    case events = 1
    /// Series definitions: labels cross the link once, samples then cite numbers.
    case catalogue = 2
    /// Raw samples.
    case metrics = 4

    /// Lower goes first. Rollups (3) and logs (5) take the places between and after.
    package var priority: UInt8 { rawValue }

    package var description: String {
        switch self {
        case .events: "events"
        case .catalogue: "catalogue"
        case .metrics: "metrics"
        }
    }
}

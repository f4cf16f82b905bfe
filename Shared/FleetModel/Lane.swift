/// One append-only byte stream from a ship to the shore. Raw values are wire and table values.
package enum Lane: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    /// Alerts, incidents, outcomes: sent before everything else.
    case events = 1
    /// Series definitions: labels cross the link once, samples then cite numbers.
    case catalogue = 2
    /// Rollups of what was thinned, what was declared lost, accounts, the link's statistics.
    case summary = 3
    /// Raw samples, fresh, in the order of time: each segment predicted from the one before.
    case metrics = 4
    /// Raw samples that waited for a link, in long segments that stand alone and may go in any order.
    case backlog = 6
    /// Log records.
    case logs = 5

    /// Lower goes first.
    package var priority: UInt8 {
        switch self {
        case .events: 1
        case .catalogue: 2
        case .summary: 3
        case .metrics: 4
        case .backlog: 5
        case .logs: 6
        }
    }

    /// Whether its segments name series by the numbers that the catalogue gives them: they can't be
    /// read before the definitions that were sealed before them.
    package var citesCatalogue: Bool {
        switch self {
        case .summary, .metrics, .backlog: true
        case .events, .catalogue, .logs: false
        }
    }

    /// The one that goes first is first.
    package static let inOrder = allCases.sorted { $0.priority < $1.priority }

    package var description: String {
        switch self {
        case .events: "events"
        case .catalogue: "catalogue"
        case .summary: "summary"
        case .metrics: "metrics"
        case .backlog: "backlog"
        case .logs: "logs"
        }
    }
}

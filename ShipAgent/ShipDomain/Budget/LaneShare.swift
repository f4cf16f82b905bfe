import FleetModel

/// Keeps a part of what is sent for the backlog while fresh samples go first: else a link that is
/// just enough for the present would never bring the past.
package struct LaneShare: Sendable {
    /// Bytes of backlog for every byte of fresh samples.
    private let ratio: Double
    /// Bytes that the backlog is owed; negative after a frame of it.
    private var owed = 0.0

    /// Four frames: what a burst of fresh samples may leave behind.
    private static let limit = 64.0 * 1024

    /// - Parameter share: of both together, 0 to 0.9.
    package init(share: Double) {
        let share = min(max(share, 0), 0.9)
        ratio = share / (1 - share)
    }

    package var isBacklogsTurn: Bool { owed > 0 }

    package mutating func wasSent(_ lane: Lane, bytes: Int) {
        switch lane {
        case .metrics: owed = min(Self.limit, owed + Double(bytes) * ratio)
        case .backlog: owed = max(-Self.limit, owed - Double(bytes))
        case .events, .catalogue, .summary, .logs: break
        }
    }
}

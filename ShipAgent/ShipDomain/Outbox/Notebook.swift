import FleetModel
import FleetRuntime
import Logging
import ShipStore

/// Writes events into the store, and never fails its caller for it: an event that finds no room is
/// logged aboard, and the caller has its own trouble to see to.
package struct Notebook: Sendable {
    private let store: ShipStore
    private let clock: WallClock
    private let logger: Logger

    package init(store: ShipStore, clock: WallClock, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    package func note(
        _ severity: FleetEvent.Severity,
        _ kind: String,
        _ message: String
    ) async {
        let bounded = Self.bounded(message)
        let event = FleetEvent(at: clock.now(), severity: severity, kind: kind, message: bounded)
        logger.info("\(kind): \(bounded)")
        do {
            try await store.write { try $0.record(event) }
        } catch {
            logger.warning("the event \(kind) could not be stored: \(error)")
        }
    }

    /// A character may be many bytes long, and a message that is too long could not be stored.
    private static func bounded(_ message: String) -> String {
        guard message.utf8.count > Limits.eventMessageBytes else { return message }
        var bounded = String.UnicodeScalarView()
        var count = 0
        for scalar in message.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= Limits.eventMessageBytes else { break }
            bounded.append(scalar)
        }
        return String(bounded)
    }
}

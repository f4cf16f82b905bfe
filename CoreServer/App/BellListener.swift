import CorePostgres
import CoreSync
import ServiceLifecycle

/// Hears from the database that a ship is asked for something.
struct BellListener: Service {
    let notifications: PostgresListener
    let bell: ShipBell

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for try await notification in notifications {
                if case .payload(let uri) = notification { bell.note(uri) }
            }
        }
    }
}

import CorePostgres
import CoreSync
import ServiceLifecycle

/// Hears from the database which ships were revoked.
struct RevocationListener: Service {
    let notifications: PostgresListener
    let revocations: Revocations

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for try await notification in notifications {
                if case .payload(let uri) = notification { revocations.note(uri) }
            }
        }
    }
}

import Logging

/// Hears what is sent on one channel, on a connection of its own, for as long as it is iterated.
///
/// Reconnects by itself, with a growing delay, for ever; each time it yields `.listening`, because
/// PostgreSQL keeps no notification for a listener that isn't there. Ends when its task is
/// cancelled. Throws only for what waiting can't heal: a wrong password, an unknown database.
package struct PostgresListener: AsyncSequence, Sendable {
    package typealias Element = PostgresNotification

    private let settings: ConnectionSettings
    private let channel: String
    private let logger: Logger

    package init(
        connectionString: String,
        role: String? = nil,
        channel: String,
        applicationName: String = "hawser-listener",
        logger: Logger
    ) {
        settings = ConnectionSettings(
            connectionString: connectionString,
            applicationName: applicationName,
            role: role
        )
        self.channel = channel
        self.logger = logger
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(thread: ListenerThread(settings: settings, channel: channel, logger: logger))
    }

    /// One listening connection; closed when the iterator goes.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let thread: ListenerThread

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws -> PostgresNotification? {
            let cancellation = Cancellation()
            return try await withTaskCancellationHandler {
                try await thread.next(cancellation)
            } onCancel: {
                cancellation.cancel()
            }
        }
    }
}

import FleetRuntime
import Logging
import NIOCore
import ServiceLifecycle

/// A port that a listener is to take, as the configuration names it.
struct IntakePort: Sendable {
    let setting: String
    let address: IntakeAddress

    /// - Throws: `CommandError` that names the setting, where the port can't be had.
    func take<Bound>(
        isolation: isolated (any Actor)? = #isolation,
        _ bind: (_ host: String, _ port: Int) async throws -> sending Bound
    ) async throws -> sending Bound {
        do {
            return try await bind(address.host, address.port)
        } catch let error as IOError {
            throw CommandError("\(setting): \(address) can't be listened on: \(error)")
        }
    }

    /// Says where it listens: port 0 drew a free one.
    ///
    /// - Returns: the port.
    @discardableResult
    func announce(_ what: String, _ channel: any Channel, _ logger: Logger) -> Int {
        let port = channel.localAddress?.port ?? address.port
        logger.notice("\(what)\(address.host):\(port)")
        return port
    }
}

extension NIOAsyncChannel {
    /// Serves each connection in a task of its own, until the agent is asked to stop.
    ///
    /// - Parameters:
    ///   - endsConnections: whether those that are open then are ended. Senders stay connected for
    ///     ever, if they may.
    ///   - stopping: what else is to be done then.
    func serveEach(
        endsConnections: Bool = true,
        _ serve: @Sendable @escaping (Inbound) async -> Void,
        stopping: @Sendable @escaping () -> Void = {}
    ) async throws where Inbound: Sendable, Outbound == Never {
        let listener = channel
        try await withGracefulShutdownHandler {
            try await executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { await serve(connection) }
                    }
                    if endsConnections { group.cancelAll() }
                }
            }
        } onGracefulShutdown: {
            listener.close(promise: nil)
            stopping()
        }
    }
}

import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import ShipDomain

/// Hears NMEA 0183 from those who connect.
package struct NMEATCPListener: Service {
    /// A ship has a few instruments.
    private static let connections = 16

    private let address: IntakeAddress
    private let stream: NMEAStream
    private let logger: Logger
    private let open = OpenConnections()
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter onListening: told the port once connections are accepted.
    package init(
        at address: IntakeAddress,
        keeper: PositionKeeper,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.address = address
        self.logger = logger
        self.onListening = onListening
        stream = NMEAStream(keeper: keeper)
    }

    package func run() async throws {
        let server: NIOAsyncChannel<NMEAStream.Stream, Never>
        do {
            server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .bind(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try NMEAStream.wrap(channel) }
                }
        } catch let error as IOError {
            throw CommandError("nmea_tcp_listen: \(address) can't be listened on: \(error)")
        }
        let port = server.channel.localAddress?.port ?? address.port
        logger.notice("hearing NMEA at tcp \(address.host):\(port)")
        onListening(port)
        try await withGracefulShutdownHandler {
            try await server.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { await serve(connection) }
                    }
                    group.cancelAll()
                }
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
        }
    }

    private func serve(_ connection: NMEAStream.Stream) async {
        let channel = connection.channel
        guard open.insert(channel, limit: Self.connections) != nil else {
            try? await connection.executeThenClose { _, _ in }
            return
        }
        // How it ended is the instrument's affair: it connects again.
        try? await stream.hear(connection)
        _ = open.remove(channel)
    }
}

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

    private let port: IntakePort
    private let stream: NMEAStream
    private let logger: Logger
    private let open = OpenConnections()

    package init(at address: IntakeAddress, keeper: PositionKeeper, logger: Logger) {
        port = IntakePort(setting: "nmea_tcp_listen", address: address)
        self.logger = logger
        stream = NMEAStream(keeper: keeper)
    }

    package func run() async throws {
        let server = try await port.take { host, port in
            try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture { try NMEAStream.wrap(channel) }
                }
        }
        port.announce("hearing NMEA at tcp ", server.channel, logger)
        try await server.serveEach { await serve($0) }
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

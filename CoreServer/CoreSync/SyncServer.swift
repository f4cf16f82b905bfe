import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import ServiceLifecycle

/// The port where ships sync: TLS 1.3 with certificates on both sides, one session a connection.
package final class SyncServer: Service {
    /// What the server needs to show and where it listens.
    package struct Configuration: Sendable {
        package var host: String
        /// 0 draws a free port.
        package var port: Int
        /// PEM: the server's certificate, and those that ships don't hold.
        package var certificateChain: [String]
        /// PEM.
        package var privateKey: String

        package init(host: String, port: Int, certificateChain: [String], privateKey: String) {
            self.host = host
            self.port = port
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }

    private let configuration: Configuration
    private let desk: EnrolmentDesk
    private let ingest: Ingest
    private let revocations: Revocations
    private let bell: ShipBell
    private let orders: OrderDesk?
    private let metrics: SyncMetrics
    private let clock: WallClock
    private let logger: Logger
    private let registry = SessionRegistry()
    private let open = OpenChannels()
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter onListening: told the port once connections are accepted.
    package init(
        _ configuration: Configuration,
        desk: EnrolmentDesk,
        ingest: Ingest,
        revocations: Revocations,
        bell: ShipBell,
        orders: OrderDesk? = nil,
        metrics: SyncMetrics,
        clock: WallClock,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.configuration = configuration
        self.desk = desk
        self.ingest = ingest
        self.revocations = revocations
        self.bell = bell
        self.orders = orders
        self.metrics = metrics
        self.clock = clock
        self.logger = logger
        self.onListening = onListening
    }

    private typealias Accepted = (
        stream: NIOAsyncChannel<ByteBuffer, ByteBuffer>, counter: ByteCounter, door: ShipDoor
    )

    package func run() async throws {
        let context = try NIOSSLContext(configuration: tlsConfiguration())
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture { try self.accept(channel, context) }
            }
        onListening(server.channel.localAddress?.port ?? configuration.port)
        try await withGracefulShutdownHandler {
            try await server.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await accepted in connections {
                        group.addTask { await self.serve(accepted) }
                    }
                }
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
            self.open.closeAll()
        }
    }

    private func accept(_ channel: any Channel, _ context: NIOSSLContext) throws -> Accepted {
        let counter = ByteCounter()
        let door = ShipDoor(desk: desk, clock: clock, metrics: metrics)
        let tls = NIOSSLServerHandler(context: context, customVerificationCallback: door.verify)
        try channel.pipeline.syncOperations.addHandlers([counter, tls])
        let stream = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel,
            configuration: .init(inboundType: ByteBuffer.self, outboundType: ByteBuffer.self)
        )
        return (stream, counter, door)
    }

    private func tlsConfiguration() throws -> TLSConfiguration {
        let chain = try configuration.certificateChain.map {
            NIOSSLCertificateSource.certificate(
                try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem)
            )
        }
        let key = try NIOSSLPrivateKey(bytes: Array(configuration.privateKey.utf8), format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain,
            privateKey: .privateKey(key)
        )
        tls.minimumTLSVersion = .tlsv13
        tls.certificateVerification = .noHostnameVerification
        tls.applicationProtocols = [ProtocolVersion.applicationProtocol]
        return tls
    }

    /// One connection, from its handshake to its end. Whatever happens in it stays in it.
    private func serve(_ accepted: Accepted) async {
        let channel = accepted.stream.channel
        defer { open.remove(channel) }
        guard open.insert(channel, limit: SyncLimits.connections) else {
            metrics.errors.increment("too_many_connections")
            channel.close(promise: nil)
            try? await accepted.stream.executeThenClose { _, _ in }
            return
        }
        let connection = SyncConnection(
            ingest: ingest,
            desk: desk,
            registry: registry,
            revocations: revocations,
            bell: bell,
            orders: orders,
            metrics: metrics,
            clock: clock,
            logger: logger,
            counter: accepted.counter,
            door: accepted.door
        )
        await connection.run(accepted.stream)
    }
}

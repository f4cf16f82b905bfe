import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The port aboard where programs send what they measured: HTTP/1.1, on loopback unless keys are
/// asked for.
///
/// Straight on NIO: a web framework would cost the ship more memory than the whole agent may take.
package final class HTTPIntake: Service {
    /// Where it listens, and what it lets in.
    package struct Configuration: Sendable {
        package var address: IntakeAddress
        package var keys: IntakeKeys
        /// Of one client: its key's name, or its address.
        package var requestsPerSecond: Int
        package var bytesPerSecond: Int
        package var connections: Int
        package var bodyBytesInMemory: Int

        package init(
            address: IntakeAddress,
            keys: IntakeKeys,
            requestsPerSecond: Int = 1000,
            bytesPerSecond: Int = 64 * 1024 * 1024,
            connections: Int = IntakeLimits.connections,
            bodyBytesInMemory: Int = IntakeLimits.bodyBytesInMemory
        ) {
            self.address = address
            self.keys = keys
            self.requestsPerSecond = requestsPerSecond
            self.bytesPerSecond = bytesPerSecond
            self.connections = connections
            self.bodyBytesInMemory = bodyBytesInMemory
        }
    }

    private let configuration: Configuration
    private let routes: [String: [IntakeRoute]]
    private let door: RequestDoor
    private let metrics: IntakeMetrics
    private let logger: Logger
    private let throttle = Throttle(every: .seconds(60))
    private let open = OpenConnections()
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter onListening: told the port once connections are accepted.
    /// - Throws: `CommandError` for a listener that others could reach and that asks for no key.
    package init(
        _ configuration: Configuration,
        routes: [IntakeRoute],
        metrics: IntakeMetrics,
        clock: WallClock,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        guard configuration.address.isLoopback || configuration.keys.areAsked else {
            throw CommandError(
                "\(configuration.address) can be reached from other machines, and no key is asked for",
                hint: "listen on 127.0.0.1, or set http_api_keys_file or http_signing_keys_file"
            )
        }
        self.configuration = configuration
        self.routes = Dictionary(grouping: routes, by: \.path)
        self.metrics = metrics
        self.logger = logger
        self.onListening = onListening
        door = RequestDoor(
            keys: configuration.keys,
            limiter: RateLimiter(
                requestsPerSecond: configuration.requestsPerSecond,
                bytesPerSecond: configuration.bytesPerSecond
            ),
            budget: MemoryBudget(limit: configuration.bodyBytesInMemory),
            clock: clock
        )
    }

    private typealias Server = NIOAsyncChannel<HTTPConnection.Stream, Never>

    package func run() async throws {
        let server = try await bind()
        onListening(port.announce("taking in at http://", server.channel, logger))
        // A request that is under way is answered.
        try await server.serveEach(endsConnections: false) {
            await self.serve($0)
        } stopping: {
            self.open.quiesce()
        }
    }

    private var port: IntakePort {
        IntakePort(setting: "http_listen", address: configuration.address)
    }

    private func bind() async throws -> Server {
        try await port.take { host, port in
            try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                // What a connection holds unasked: two reads of 64 kB.
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(
                    .recvAllocator,
                    value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024)
                )
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
                }
        }
    }

    private func accept(_ channel: any Channel) throws -> HTTPConnection.Stream {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = IntakeLimits.headerFieldBytes
        limits.maxHeaderListSize = IntakeLimits.headerBytes
        limits.maxHeaderFieldCount = IntakeLimits.headerFields
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: limits
        )
        let refusals = metrics.refusals
        try pipeline.addHandler(SlowClientHandler { refusals.increment("slow_client") })
        return try HTTPConnection.Stream(
            wrappingChannelSynchronously: channel,
            configuration: .init(
                backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2)
            )
        )
    }

    /// One connection, from its first request to its end. Whatever happens in it stays in it.
    private func serve(_ stream: HTTPConnection.Stream) async {
        let channel = stream.channel
        guard let count = open.insert(channel, limit: configuration.connections) else {
            metrics.refusals.increment("too_many_connections")
            channel.close(promise: nil)
            try? await stream.executeThenClose { _, _ in }
            return
        }
        metrics.connections.set(Double(count))
        let connection = HTTPConnection(
            routes: routes,
            door: door,
            metrics: metrics,
            logger: logger,
            throttle: throttle,
            peer: channel.remoteAddress?.ipAddress ?? "unknown"
        )
        await connection.run(stream)
        metrics.connections.set(Double(open.remove(channel)))
        metrics.memory.set(Double(door.budget.inUse))
    }
}

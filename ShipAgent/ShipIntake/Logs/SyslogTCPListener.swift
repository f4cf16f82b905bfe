import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import ShipDomain

/// Takes syslog messages from TCP connections (RFC 6587). A connection is read on when what it
/// brought is on the disk, so a sender that is too fast, or a full disk, slows the sender down.
package struct SyslogTCPListener: Service {
    private typealias Stream = NIOAsyncChannel<ByteBuffer, Never>

    private static let readBytes = 64 * 1024
    /// Between two attempts to store what there was no room for.
    private static let pause = Duration.milliseconds(500)

    private let port: IntakePort
    private let configuration: SyslogConfiguration
    private let intake: LogIntake
    private let clock: WallClock
    private let logger: Logger
    private let rates: RateLimiter
    private let open = OpenConnections()

    package init(
        _ configuration: SyslogConfiguration,
        at address: IntakeAddress,
        intake: LogIntake,
        clock: WallClock,
        logger: Logger
    ) {
        port = IntakePort(setting: "syslog_tcp_listen", address: address)
        self.configuration = configuration
        self.intake = intake
        self.clock = clock
        self.logger = logger
        rates = configuration.rates
    }

    package func run() async throws {
        let server = try await bind()
        port.announce("taking in syslog at tcp ", server.channel, logger)
        try await server.serveEach { await self.serve($0) }
    }

    private func bind() async throws -> NIOAsyncChannel<Stream, Never> {
        try await port.take { host, port in
            try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.backlog, value: 64)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(
                    .recvAllocator,
                    value: FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes)
                )
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Stream(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(
                                backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2)
                            )
                        )
                    }
                }
        }
    }

    private func serve(_ stream: Stream) async {
        let channel = stream.channel
        let sender = channel.remoteAddress?.ipAddress ?? "unknown"
        guard open.insert(channel, limit: configuration.connections) != nil else {
            logger.warning("a syslog connection from \(sender) was refused: too many are open")
            try? await stream.executeThenClose { _, _ in }
            return
        }
        defer { _ = open.remove(channel) }
        do {
            try await stream.executeThenClose { inbound, _ in
                var framer = SyslogFramer(limit: configuration.messageBytes)
                for try await buffer in inbound {
                    try await take(framer.feed(buffer.readableBytesView), from: sender)
                }
                if let last = framer.end() { try await take([last], from: sender) }
            }
        } catch is CancellationError {
            // The agent stops.
        } catch {
            logger.debug("a syslog connection from \(sender) ended: \(error)")
        }
    }

    /// Returns when the messages are on the disk and the sender's rate allows more.
    private func take(_ messages: [SyslogFramer.Message], from sender: String) async throws {
        guard !messages.isEmpty else { return }
        let parser = SyslogParser(messageLimit: configuration.messageBytes)
        let now = clock.now()
        let records = messages.map { parser.record($0, from: sender, at: now) }
        while true {
            do {
                try await intake.accept(records)
                break
            } catch let refusal as LogIntake.Refusal {
                if case .stopped = refusal { throw CancellationError() }
                try await Task.sleep(for: Self.pause)
            }
        }
        for message in messages {
            while let wait = rates.admit(sender, bytes: message.bytes.count) {
                try await Task.sleep(for: min(wait, .seconds(1)))
            }
        }
    }
}

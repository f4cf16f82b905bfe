import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import ShipDomain

/// Takes syslog messages from datagrams. Nobody can be told to wait: what finds no room, here or in
/// the kernel's buffer, is counted and declared.
package struct SyslogUDPListener: Service {
    /// What the kernel keeps while we are busy: at 200 bytes a message, a fifth of a second of
    /// 100,000 a second. The kernel may grant less.
    private static let receiveBufferBytes = 4 * 1024 * 1024
    private static let largestDatagram = 65_536
    private static let datagramsPerRead = 16
    private static let lookAtKernelEvery = Duration.seconds(5)

    private let address: IntakeAddress
    private let configuration: SyslogConfiguration
    private let intake: LogIntake
    private let clock: WallClock
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter onListening: told the port once datagrams are taken.
    package init(
        _ configuration: SyslogConfiguration,
        at address: IntakeAddress,
        intake: LogIntake,
        clock: WallClock,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.address = address
        self.configuration = configuration
        self.intake = intake
        self.clock = clock
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let channel = try await bind()
        let port = channel.localAddress?.port ?? address.port
        logger.notice("taking in syslog at udp \(address.host):\(port)")
        onListening(port)
        // The port draws no further datagrams once the agent is asked to stop.
        await cancelWhenGracefulShutdown { await watchKernel(port: port) }
        try? await channel.close()
    }

    private func bind() async throws -> any Channel {
        let bootstrap = DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelOption(.socketOption(.so_rcvbuf), value: .init(Self.receiveBufferBytes))
            .channelOption(.datagramVectorReadMessageCount, value: Self.datagramsPerRead)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(
                    capacity: Self.largestDatagram * Self.datagramsPerRead
                )
            )
            .channelInitializer { [configuration, intake, clock] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        SyslogDatagramHandler(configuration, intake: intake, clock: clock)
                    )
                }
            }
        do {
            return try await bootstrap.bind(host: address.host, port: address.port).get()
        } catch let error as IOError {
            throw CommandError("syslog_udp_listen: \(address) can't be listened on: \(error)")
        }
    }

    /// Until cancelled.
    private func watchKernel(port: Int) async {
        var known = KernelDrops.count(udpPort: port) ?? 0
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.lookAtKernelEvery)
            guard let count = KernelDrops.count(udpPort: port) else { continue }
            if count > known { intake.lose(count - known) }
            known = count
        }
    }
}

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

    private let port: IntakePort
    private let configuration: SyslogConfiguration
    private let intake: LogIntake
    private let clock: WallClock
    private let logger: Logger

    package init(
        _ configuration: SyslogConfiguration,
        at address: IntakeAddress,
        intake: LogIntake,
        clock: WallClock,
        logger: Logger
    ) {
        port = IntakePort(setting: "syslog_udp_listen", address: address)
        self.configuration = configuration
        self.intake = intake
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        let channel = try await bind()
        let number = port.announce("taking in syslog at udp ", channel, logger)
        // The port draws no further datagrams once the agent is asked to stop.
        await cancelWhenGracefulShutdown { await watchKernel(port: number) }
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
        return try await port.take { try await bootstrap.bind(host: $0, port: $1).get() }
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

import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import ShipDomain

/// Hears NMEA 0183 in datagrams, as multiplexers send them to a broadcast address.
package struct NMEAUDPListener: Service {
    private let port: IntakePort
    private let keeper: PositionKeeper
    private let logger: Logger

    package init(at address: IntakeAddress, keeper: PositionKeeper, logger: Logger) {
        port = IntakePort(setting: "nmea_udp_listen", address: address)
        self.keeper = keeper
        self.logger = logger
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>

        private let keeper: PositionKeeper
        private let rates = NMEAConfiguration.rates

        init(_ keeper: PositionKeeper) {
            self.keeper = keeper
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            let bytes = envelope.data.readableBytesView
            let sender = envelope.remoteAddress.ipAddress ?? "unknown"
            guard rates.admit(sender, bytes: bytes.count) == nil else { return }
            var lines = NMEALines()
            for line in lines.feed(bytes) { keeper.heard(line) }
            if let last = lines.end() { keeper.heard(last) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            // One datagram cut short: the next may be whole.
        }
    }

    package func run() async throws {
        let bootstrap = DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelInitializer { [keeper] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(keeper))
                }
            }
        let channel = try await port.take { try await bootstrap.bind(host: $0, port: $1).get() }
        port.announce("hearing NMEA at udp ", channel, logger)
        try? await gracefulShutdown()
        try? await channel.close()
    }
}

import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import ShipDomain

/// Dials a multiplexer and hears its NMEA 0183; dials again when the connection ends.
package struct NMEAClient: Service {
    private static let connectTime = TimeAmount.seconds(10)

    private let host: String
    private let port: Int
    private let stream: NMEAStream
    private let logger: Logger

    package init(host: String, port: Int, keeper: PositionKeeper, logger: Logger) {
        self.host = host
        self.port = port
        self.logger = logger
        stream = NMEAStream(keeper: keeper)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await dialForEver() }
    }

    private func dialForEver() async {
        let throttle = Throttle(every: .seconds(60))
        var backoff = Backoff(floor: .seconds(1), ceiling: .seconds(60))
        while !Task.isCancelled {
            do {
                let connection = try await ClientBootstrap(
                    group: .singletonMultiThreadedEventLoopGroup
                )
                .connectTimeout(Self.connectTime)
                .channelOption(.maxMessagesPerRead, value: 1)
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture { try NMEAStream.wrap(channel) }
                }
                backoff = Backoff(floor: .seconds(1), ceiling: .seconds(60))
                logger.notice("hearing NMEA from \(host):\(port)")
                try await stream.hear(connection)
            } catch {
                throttle.log(logger, .warning, "NMEA from \(host):\(port): \(error)")
            }
            try? await Task.sleep(for: backoff.next(random: .random(in: 0..<1)))
        }
    }
}

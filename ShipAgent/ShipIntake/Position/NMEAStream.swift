import FleetModel
import FleetRuntime
import NIOCore
import ShipDomain

/// Hears NMEA 0183 on one TCP connection, until it ends or is silent for too long.
struct NMEAStream: Sendable {
    typealias Stream = NIOAsyncChannel<ByteBuffer, Never>

    /// Instruments speak every second; a connection that is silent so long is dead, though TCP
    /// doesn't know it yet.
    static let longestSilence = Duration.seconds(60)

    let keeper: PositionKeeper

    func hear(_ stream: Stream) async throws {
        let rates = NMEAConfiguration.rates
        try await stream.executeThenClose { inbound, _ in
            var lines = NMEALines()
            for try await buffer in inbound {
                for line in lines.feed(buffer.readableBytesView) { keeper.heard(line) }
                while let wait = rates.admit("stream", bytes: buffer.readableBytes) {
                    try await Task.sleep(for: min(wait, .seconds(1)))
                }
            }
        }
    }

    static func wrap(_ channel: any Channel) throws -> Stream {
        try channel.pipeline.syncOperations.addHandler(
            IdleStateHandler(readTimeout: .milliseconds(longestSilence.milliseconds))
        )
        try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
        return try Stream(
            wrappingChannelSynchronously: channel,
            configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2))
        )
    }

    private final class CloseWhenIdle: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is IdleStateHandler.IdleStateEvent {
                context.close(promise: nil)
            } else {
                context.fireUserInboundEventTriggered(event)
            }
        }
    }
}

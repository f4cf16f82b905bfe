import FleetModel
import NIOCore
import Synchronization

/// Counts what crosses the socket, TLS included: what a satellite link would bill.
final class ByteCounter: ChannelDuplexHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let received = Atomic<Int>(0)
    private let sent = Atomic<Int>(0)
    private let start = ContinuousClock.now
    /// Milliseconds after `start`.
    private let heard = Atomic<Int64>(0)

    /// Bytes so far.
    var totals: (up: Int, down: Int) {
        (received.load(ordering: .relaxed), sent.load(ordering: .relaxed))
    }

    /// When the ship was last heard: up to then the link was there.
    var lastHeard: ContinuousClock.Instant {
        start + .milliseconds(heard.load(ordering: .relaxed))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard.store((ContinuousClock.now - start).milliseconds, ordering: .relaxed)
        received.add(unwrapInboundIn(data).readableBytes, ordering: .relaxed)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        sent.add(unwrapOutboundIn(data).readableBytes, ordering: .relaxed)
        context.write(data, promise: promise)
    }
}

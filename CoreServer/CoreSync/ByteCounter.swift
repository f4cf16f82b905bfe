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

    /// Bytes so far.
    var totals: (up: Int, down: Int) {
        (received.load(ordering: .relaxed), sent.load(ordering: .relaxed))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.add(unwrapInboundIn(data).readableBytes, ordering: .relaxed)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        sent.add(unwrapOutboundIn(data).readableBytes, ordering: .relaxed)
        context.write(data, promise: promise)
    }
}

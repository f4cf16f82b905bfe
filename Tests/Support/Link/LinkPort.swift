import NIOCore

/// The end of a connection at one side: hands what happens there to the connection.
final class LinkPort: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: LinkConnection
    private let side: LinkConnection.Side

    init(_ connection: LinkConnection, side: LinkConnection.Side) {
        self.connection = connection
        self.side = side
    }

    func channelActive(context: ChannelHandlerContext) {
        connection.becameActive(side)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.received(unwrapInboundIn(data), from: side)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            connection.inputEnded(side)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.becameInactive(side)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.failed(side)
        context.close(promise: nil)
    }
}

import FleetModel
import FleetRuntime
import NIOCore
import NIOHTTP1

/// Ends connections whose client takes too long: for its header, for its body, for the answer, or
/// between two requests. Lives behind the HTTP handlers of one connection.
///
/// A server that shuts down asks it (`ChannelShouldQuiesceEvent`) to end the connection as soon as
/// no request is under way.
final class SlowClientHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        case idle, body, working, answering
    }

    private let onSlow: @Sendable () -> Void
    private var phase = Phase.idle
    private var deadline: Scheduled<Void>?
    private var isQuiescing = false

    init(onSlow: @escaping @Sendable () -> Void) {
        self.onSlow = onSlow
    }

    func handlerAdded(context: ChannelHandlerContext) {
        wait(IntakeLimits.headerTime, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head where phase == .idle:
            phase = .body
            wait(IntakeLimits.bodyTime, context)
        case .end where phase == .body:
            phase = .working
            deadline?.cancel()
        case .head, .body, .end:
            // A pipelined request waits in its turn; its time runs when the one before is answered.
            break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code >= 200:
            phase = .answering
            wait(IntakeLimits.answerTime, context)
        case .end:
            context.write(data, promise: promise)
            phase = .idle
            if isQuiescing {
                context.flush()
                context.close(promise: nil)
            } else {
                wait(IntakeLimits.idleTime, context)
            }
            return
        case .head, .body:
            break
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isQuiescing = true
            if phase == .idle { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func wait(_ time: Duration, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let isIdle = phase == .idle
        let onSlow = onSlow
        deadline = context.eventLoop.assumeIsolated().scheduleTask(
            in: .milliseconds(time.milliseconds)
        ) {
            if !isIdle { onSlow() }
            context.close(promise: nil)
        }
    }
}

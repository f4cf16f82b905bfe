import FleetModel
import FleetRuntime
import NIOCore
import NIOHTTP1

/// One client of a load: asks, waits for the whole answer, and asks again.
///
/// Bare handlers on the event loop: on a machine with two processors, what the client costs is not
/// left for the server.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// What it asks next, and when it may at the soonest.
    typealias Next = () -> (LoadRequest, ContinuousClock.Instant?)

    private let load: APILoad
    private let next: Next
    private let end: ContinuousClock.Instant
    private let finished: EventLoopPromise<APILoad.Outcome>
    private var outcome = APILoad.Outcome()
    private var started = ContinuousClock.now
    private var status = HTTPResponseStatus.ok
    /// The beginning of an answer, for the report of a failure.
    private var beginning = ""
    private var isFinished = false
    /// Whether an answer is awaited.
    private var isAsking = false

    init(
        _ load: APILoad,
        until end: ContinuousClock.Instant,
        _ finished: EventLoopPromise<APILoad.Outcome>,
        next: @escaping Next
    ) {
        self.load = load
        self.end = end
        self.finished = finished
        self.next = next
    }

    func channelActive(context: ChannelHandlerContext) { prepare(context) }

    private func prepare(_ context: ChannelHandlerContext) {
        guard ContinuousClock.now < end else { return finish(context) }
        let (request, due) = next()
        guard let due, due > .now else { return ask(request, context) }
        guard due < end else { return finish(context) }
        let pause = ContinuousClock.now.duration(to: due)
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: TimeAmount(pause)) {
            let (own, context) = loopBound.value
            own.ask(request, context)
        }
    }

    private func ask(_ request: LoadRequest, _ context: ChannelHandlerContext) {
        guard !isFinished else { return }
        let (head, body) = request.parts(host: load.host, authorization: load.authorization)
        started = .now
        isAsking = true
        beginning = ""
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(let bytes):
            if status != .ok, beginning.count < 300 {
                beginning += String(buffer: bytes).prefix(300)
            }
        case .end:
            isAsking = false
            outcome.add(
                status: Int(status.code),
                milliseconds: started.duration(to: .now).inSeconds * 1000,
                beginning
            )
            prepare(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isAsking { outcome.fail("the server closed the connection instead of an answer") }
        finish(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        outcome.fail("\(error)")
        isAsking = false
        finish(context)
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard !isFinished else { return }
        isFinished = true
        finished.succeed(outcome)
        context.close(promise: nil)
    }
}

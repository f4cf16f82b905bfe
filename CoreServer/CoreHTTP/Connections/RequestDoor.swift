import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Stands before every route: a connection gets a place or is closed, a request must come in time and
/// in shape, and what does not is answered with a problem before any other code runs.
final class RequestDoor: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// From the connection to the end of the first request's headers, the TLS handshake included.
    static let firstHead = TimeAmount.seconds(20)
    /// From an answer to the end of the next request's headers.
    static let nextHead = TimeAmount.seconds(60)
    /// From the headers on, for a body to come; each 8 kB of it that came give a second more.
    static let body = TimeAmount.seconds(20)
    static let bodyRate: Int64 = 8192
    /// What a body that came fast may pause, at most.
    static let bodyPause = TimeAmount.seconds(60)
    /// What is left to a client to read why it was refused.
    private static let farewell = TimeAmount.seconds(1)

    static let pathLimit = 8 * 1024
    static let headerLimit = 16 * 1024
    static let headerCountLimit = 100

    private let book: ConnectionBook
    private var address: String?
    private var deadline: Scheduled<Void>?
    /// Requests whose answer is not written to its end.
    private var openRequests = 0
    private var hasBegunAnswer = false
    private var isRefusing = false
    /// Until when more of the body must have come; nil where none is awaited. Kept apart from the
    /// timer, which would be set anew for every few kilobytes otherwise.
    private var bodyDue: NIODeadline?

    init(_ book: ConnectionBook) { self.book = book }

    func handlerAdded(context: ChannelHandlerContext) {
        let address = context.remoteAddress?.ipAddress ?? "unknown"
        guard book.enter(address) else {
            isRefusing = true
            context.close(promise: nil)
            return
        }
        self.address = address
        expect(within: Self.firstHead, .slowHead, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        breakOff(context)
        leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { breakOff(context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// A body whose end never came must fail whoever reads it: to the handlers behind this one the end of
    /// a connection is the end of a body too, and what came of one without a length would pass for all.
    private func breakOff(_ context: ChannelHandlerContext) {
        guard bodyDue != nil else { return }
        bodyDue = nil
        context.fireErrorCaught(BrokenBody())
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func leave() {
        deadline?.cancel()
        deadline = nil
        if let address { book.leave(address) }
        address = nil
    }

    // MARK: In time

    private func expect(
        within time: TimeAmount,
        _ reason: ConnectionBook.RefusalReason,
        _ context: ChannelHandlerContext
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.deadline = nil
            guard context.channel.isActive, !self.isRefusing else { return }
            if reason == .slowBody, let due = self.bodyDue, due > .now() {
                self.expect(within: due - .now(), reason, context)
                return
            }
            self.book.count(reason)
            if reason == .slowBody {
                self.refuse(
                    408,
                    "request_timeout",
                    "the body did not come in time",
                    context
                )
            } else {
                self.isRefusing = true
                context.close(promise: nil)
            }
        }
    }

    // MARK: In shape

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefusing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let refusal = Self.refusal(of: head) {
                book.count(.malformed)
                refuse(refusal.status, refusal.word, refusal.detail, context)
                return
            }
            if openRequests == 0 { hasBegunAnswer = false }
            openRequests += 1
            bodyDue = .now() + Self.body
            expect(within: Self.body, .slowBody, context)
        case .body(let bytes):
            if let due = bodyDue {
                let more = Int64(bytes.readableBytes) * 1_000_000_000 / Self.bodyRate
                bodyDue = min(due + .nanoseconds(more), .now() + Self.bodyPause)
            }
        case .end:
            bodyDue = nil
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    private static func refusal(
        of head: HTTPRequest
    ) -> (status: Int, word: String, detail: String)? {
        if head.path?.utf8.count ?? 0 > pathLimit {
            return (414, "uri_too_long", "a path and query have at most \(pathLimit) bytes")
        }
        if head.authority?.isEmpty ?? true {
            return (400, "invalid", "a request names its host once")
        }
        return nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        guard !isRefusing else { return }
        book.count(.malformed)
        if error == .headerOverflow {
            refuse(
                431,
                "header_too_large",
                "headers have at most \(Self.headerLimit) bytes and \(Self.headerCountLimit) lines",
                context
            )
        } else {
            refuse(400, "invalid", "this is no request in HTTP/1.1", context)
        }
    }

    /// Answers if nothing else has begun to, and ends the connection.
    private func refuse(
        _ status: Int,
        _ word: String,
        _ detail: String,
        _ context: ChannelHandlerContext
    ) {
        isRefusing = true
        deadline?.cancel()
        // An answer that is under way can't be followed by one to a request that never was.
        guard openRequests == 0 || openRequests == 1 && !hasBegunAnswer else {
            context.close(promise: nil)
            return
        }
        let status = HTTPResponse.Status(code: status)
        let problem = Problem(status: status, word: word, detail: detail, instance: nil)
        let body = ByteBuffer(string: problem.text)
        let head = HTTPResponse(
            status: status,
            headerFields: [
                .contentType: "application/problem+json", .connection: "close",
                .contentLength: "\(body.readableBytes)",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.farewell) {
            context.close(promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isRefusing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head): hasBegunAnswer = hasBegunAnswer || head.status.kind != .informational
        case .body: break
        case .end:
            openRequests = max(0, openRequests - 1)
            if openRequests == 0 {
                hasBegunAnswer = false
                // Nothing of the next request may take longer than this to come.
                expect(within: Self.nextHead, .slowHead, context)
            }
        }
        context.write(data, promise: promise)
    }
}

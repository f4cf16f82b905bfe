import FleetRuntime
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose other end does not take an answer: it holds memory, and a place among
/// the large queries.
///
/// Answers are written in parts of `part` bytes, so a part that is not gone in `patience` was read at
/// less than 2 kB/s; an answer that never catches up with what is written has `longest`, and what is
/// read from a disk as it goes, so that it holds little memory, as long as it goes at 8 kB/s.
final class SlowReaders: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What is written at a time.
    static let part = 64 * 1024
    static let patience = TimeAmount.seconds(30)
    static let longest = TimeAmount.minutes(15)

    private static let streamRate: Int64 = 8192

    private let count: Counter
    /// What this answer may take in all.
    private var limit = SlowReaders.longest
    /// Parts that were written and are not in the socket yet.
    private var waiting = 0
    /// When the last of them went, and since when there are any.
    private var moved = NIODeadline.now()
    private var since = NIODeadline.now()
    private var isWatching = false

    init(_ count: Counter) {
        self.count = count
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        if case .head(let head) = unwrapOutboundIn(data) { limit = Self.limit(head) }
        if waiting == 0 {
            since = .now()
            moved = since
        }
        waiting += 1
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.waiting -= 1
            self.moved = .now()
        }
        watch(context)
        context.write(data, promise: promise)
    }

    /// Files say that they can be had in parts.
    private static func limit(_ head: HTTPResponse) -> TimeAmount {
        guard head.headerFields[.acceptRanges] != nil,
            let length = head.headerFields[.contentLength].flatMap({ Int64($0) })
        else { return longest }
        return longest + .seconds(length / streamRate)
    }

    private func watch(_ context: ChannelHandlerContext) {
        guard !isWatching else { return }
        isWatching = true
        let due = min(moved + Self.patience, since + limit)
        context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.isWatching = false
            guard self.waiting > 0, context.channel.isActive else { return }
            let now = NIODeadline.now()
            if now - self.moved >= Self.patience || now - self.since >= self.limit {
                self.count.increment()
                context.close(promise: nil)
            } else {
                self.watch(context)
            }
        }
    }
}

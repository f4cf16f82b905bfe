import FleetRuntime
import NIOCore

/// Closes a connection whose other end does not take an answer: it holds memory, and a place among
/// the large queries.
///
/// Answers are written in parts of `part` bytes, so a part that is not gone in `patience` was read at
/// less than 2 kB/s; an answer that never catches up with what is written has `longest`.
final class SlowReaders: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    /// What is written at a time.
    static let part = 64 * 1024
    static let patience = TimeAmount.seconds(30)
    static let longest = TimeAmount.minutes(15)

    private let count: Counter
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

    private func watch(_ context: ChannelHandlerContext) {
        guard !isWatching else { return }
        isWatching = true
        let due = min(moved + Self.patience, since + Self.longest)
        context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.isWatching = false
            guard self.waiting > 0, context.channel.isActive else { return }
            let now = NIODeadline.now()
            if now - self.moved >= Self.patience || now - self.since >= Self.longest {
                self.count.increment()
                context.close(promise: nil)
            } else {
                self.watch(context)
            }
        }
    }
}

import FleetRuntime
import NIOCore
import NIOPosix

/// One connection that sends a load, request after request, each when the one before is answered.
/// What the agent has no room for is sent again when it says so, as Prometheus does.
enum WriteConnection {
    /// What the agent answered.
    struct Answers: Sendable {
        /// Samples of the requests that were taken in.
        var acknowledged = 0
        /// Requests that were told to come again, by 429 with Retry-After.
        var postponed = 0

        static func + (left: Self, right: Self) -> Self {
            Answers(
                acknowledged: left.acknowledged + right.acknowledged,
                postponed: left.postponed + right.postponed
            )
        }
    }

    private static let longestAnswer = 64 * 1024

    static func send(
        _ load: WriteLoad,
        atLeast samples: Int = .max,
        until end: ContinuousClock.Instant? = nil,
        to port: Int
    ) async throws -> Answers {
        let stream = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await stream.executeThenClose { inbound, outbound in
            var load = load
            var answers = Answers()
            var iterator = inbound.makeAsyncIterator()
            var body: [UInt8]?
            while answers.acknowledged < samples, end.map({ ContinuousClock.now < $0 }) ?? true {
                let content = try body ?? load.next()
                let head =
                    "POST /api/v1/write HTTP/1.1\r\nhost: ship\r\n"
                    + "content-type: application/x-protobuf\r\ncontent-encoding: snappy\r\n"
                    + "content-length: \(content.count)\r\n\r\n"
                var request = ByteBuffer(string: head)
                request.writeBytes(content)
                try await outbound.write(request)
                var text = ""
                while !isWhole(text) {
                    guard let part = try await iterator.next(isolation: #isolation) else {
                        throw CommandError("the agent ended the connection: \(text)")
                    }
                    text += String(buffer: part)
                }
                if text.hasPrefix("HTTP/1.1 204 ") {
                    answers.acknowledged += load.samplesPerRequest
                    body = nil
                } else if text.hasPrefix("HTTP/1.1 429 "), let wait = field("retry-after", text) {
                    answers.postponed += 1
                    body = content
                    try await Task.sleep(for: .seconds(wait))
                } else {
                    throw CommandError("the agent does not take it: \(text)")
                }
            }
            return answers
        }
    }

    /// Whether an answer is there with its body.
    private static func isWhole(_ answer: String) -> Bool {
        guard let end = answer.firstRange(of: "\r\n\r\n") else {
            return answer.utf8.count > longestAnswer
        }
        return answer[end.upperBound...].utf8.count >= field("content-length", answer) ?? 0
    }

    private static func field(_ name: String, _ answer: String) -> Int? {
        for line in answer.split(separator: "\r\n") where line.lowercased().hasPrefix(name + ":") {
            return Int(line.dropFirst(name.count + 1).filter { $0 != " " })
        }
        return nil
    }
}

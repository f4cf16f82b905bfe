import FleetRuntime
import NIOCore
import NIOPosix

/// One connection that sends a load, request after request, each when the one before is answered.
enum WriteConnection {
    /// - Returns: the samples that were acknowledged.
    static func send(_ load: WriteLoad, atLeast samples: Int, to port: Int) async throws -> Int {
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
            var sent = 0
            var answers = inbound.makeAsyncIterator()
            while sent < samples {
                let body = try load.next()
                let head =
                    "POST /api/v1/write HTTP/1.1\r\nhost: ship\r\n"
                    + "content-type: application/x-protobuf\r\ncontent-encoding: snappy\r\n"
                    + "content-length: \(body.count)\r\n\r\n"
                var request = ByteBuffer(string: head)
                request.writeBytes(body)
                try await outbound.write(request)
                var answer = ""
                while !answer.contains("\r\n\r\n") {
                    guard let part = try await answers.next(isolation: #isolation) else {
                        throw CommandError("the agent ended the connection: \(answer)")
                    }
                    answer += String(buffer: part)
                }
                guard answer.hasPrefix("HTTP/1.1 204 ") else {
                    throw CommandError("the agent does not take it: \(answer)")
                }
                sent += load.samplesPerRequest
            }
            return sent
        }
    }
}

import FleetTestSupport
import NIOCore
import NIOPosix

/// A client that sends bytes as they are, so that tests can send what no client would.
struct RawClient: Sendable {
    private let stream: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func with<Result: Sendable>(
        port: Int,
        _ body: @Sendable (RawConnection) async throws -> Result
    ) async throws -> Result {
        let stream = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(120))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await stream.executeThenClose { inbound, outbound in
            try await body(RawConnection(inbound: inbound, outbound: outbound))
        }
    }

    /// Sends a request on a connection of its own, and returns all that comes until its end.
    static func exchange(port: Int, _ request: String, body: [UInt8] = []) async throws -> String {
        try await with(port: port) { connection in
            try await connection.send(Array(request.utf8) + body)
            return try await connection.receiveAll()
        }
    }
}

/// What a test holds of a connection.
struct RawConnection: Sendable {
    let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    func receiveAll() async throws -> String {
        var text = ""
        do {
            for try await part in inbound { text += String(buffer: part) }
        } catch {
            // A reset is an end too.
        }
        return text
    }
}

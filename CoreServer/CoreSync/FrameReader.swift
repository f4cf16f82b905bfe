import FleetProtocol
import NIOCore

/// A connection's bytes as frames.
struct FrameReader {
    private var bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var decoder = FrameDecoder()

    init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) {
        bytes = inbound.makeAsyncIterator()
    }

    /// The next frame; `nil` when the peer has closed.
    ///
    /// - Parameter beforeWaiting: called when every frame that has come was given.
    mutating func next(
        beforeWaiting: () async throws -> Void = {}
    ) async throws -> Frame? {
        while true {
            if let frame = try decoder.next() { return frame }
            try await beforeWaiting()
            guard let buffer = try await bytes.next(isolation: #isolation) else { return nil }
            decoder.append(buffer.readableBytesView)
        }
    }
}

import CoreDomain
import Hummingbird
import NIOCore

extension ResponseBody {
    /// A long answer in parts: each must go within its time, see `SlowReaders`.
    ///
    /// - Parameter slot: held until the last byte is written, since it stands for this memory.
    init(parts bytes: ByteBuffer, holding slot: ReadSlots.Slot? = nil) {
        self.init(contentLength: bytes.readableBytes) { writer in
            defer { withExtendedLifetime(slot) {} }
            for part in bytes.parts { try await writer.write(part) }
            try await writer.finish(nil)
        }
    }
}

extension EventLoop {
    /// Waits until a connection has taken what was written to it so far.
    ///
    /// A connection takes what it is given and encrypts it when its turn comes, and says only then that
    /// it has had enough: without waiting for its turn between the pieces, all of a long answer would
    /// wait in memory.
    func turn() async throws {
        try await submit {}.get()
    }
}

extension ByteBuffer {
    /// What may be written at a time, in order.
    var parts: [ByteBuffer] {
        var parts: [ByteBuffer] = []
        var rest = self
        while let part = rest.readSlice(length: Swift.min(SlowReaders.part, rest.readableBytes)),
            part.readableBytes > 0
        {
            parts.append(part)
        }
        return parts
    }
}

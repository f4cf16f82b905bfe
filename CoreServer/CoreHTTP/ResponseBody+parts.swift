import CoreDomain
import Hummingbird

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

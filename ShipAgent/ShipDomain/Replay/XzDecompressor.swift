import CLzma

/// Decompresses xz, with several streams in one file as `xz` itself allows.
final class XzDecompressor: Decompressor {
    /// On the heap, since liblzma keeps the address of the structure.
    private let stream: UnsafeMutablePointer<lzma_stream>
    private var input: [UInt8] = []
    private var used = 0
    private var hasEnded = false
    private var isDone = false

    init(memoryLimit: UInt64) throws(DecompressionError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        // LZMA_CONCATENATED, a macro that isn't imported.
        let concatenated: UInt32 = 0x08
        let code = lzma_stream_decoder(stream, memoryLimit, concatenated)
        if code != LZMA_OK { throw Self.error(code) }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    func supply(_ input: [UInt8]) {
        self.input = input
        used = 0
        hasEnded = input.isEmpty
    }

    func output(into chunk: inout [UInt8]) throws(DecompressionError) {
        if chunk.count != ReplayLimits.chunkBytes {
            chunk = [UInt8](repeating: 0, count: ReplayLimits.chunkBytes)
        }
        let capacity = chunk.count
        var count = 0
        // Headers give no output, and a cut file only owns up when asked again.
        while count == 0, !isDone, hasEnded || used < input.count {
            let code = decode(into: &chunk, count: &count)
            switch code {
            case LZMA_OK: break
            case LZMA_STREAM_END: isDone = true
            // Output that came before the damage is handed out; the same code comes again.
            default: if count == 0 { throw Self.error(code) }
            }
        }
        chunk.removeLast(capacity - count)
    }

    private func decode(into chunk: inout [UInt8], count: inout Int) -> lzma_ret {
        let action = hasEnded ? LZMA_FINISH : LZMA_RUN
        return input.withUnsafeBufferPointer { source in
            chunk.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = source.baseAddress.map { $0 + used }
                stream.pointee.avail_in = source.count - used
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = target.count
                let code = lzma_code(stream, action)
                used = source.count - stream.pointee.avail_in
                count = target.count - stream.pointee.avail_out
                // The buffers are only lent.
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
                return code
            }
        }
    }

    private static func error(_ code: lzma_ret) -> DecompressionError {
        let reason =
            switch code {
            case LZMA_BUF_ERROR: "the xz data end too early"
            case LZMA_MEM_ERROR: "there is not enough memory for the xz data"
            case LZMA_MEMLIMIT_ERROR: "the xz data need more memory than allowed"
            case LZMA_OPTIONS_ERROR: "the xz data use an unknown option"
            default: "the xz data are damaged"
            }
        return DecompressionError(reason: reason)
    }
}

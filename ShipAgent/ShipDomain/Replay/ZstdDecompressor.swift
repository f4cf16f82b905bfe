import CZstd

/// Decompresses zstd, with several frames in one file as `zstd` itself allows.
final class ZstdDecompressor: Decompressor {
    private let context: OpaquePointer
    private var input: [UInt8] = []
    private var used = 0
    private var hasEnded = false
    /// Whether a frame has begun and not ended.
    private var isInFrame = false
    /// Whether the decoder filled the last piece, so that it may hold more without further input.
    private var mayHoldMore = false

    init(windowLogLimit: Int32) throws(DecompressionError) {
        guard let context = ZSTD_createDCtx() else {
            throw DecompressionError(reason: "there is not enough memory for the zstd data")
        }
        self.context = context
        let code = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLogLimit)
        if ZSTD_isError(code) != 0 { throw Self.error(code) }
    }

    deinit {
        ZSTD_freeDCtx(context)
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
        // Headers give no output, so input may go without any coming back.
        while count == 0, used < input.count || mayHoldMore {
            var code = 0
            input.withUnsafeBytes { source in
                chunk.withUnsafeMutableBytes { target in
                    var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: used)
                    var into = ZSTD_outBuffer(dst: target.baseAddress, size: capacity, pos: 0)
                    code = ZSTD_decompressStream(context, &into, &from)
                    used = from.pos
                    count = into.pos
                }
            }
            if ZSTD_isError(code) != 0 { throw Self.error(code) }
            isInFrame = code != 0
            mayHoldMore = count == capacity && isInFrame
        }
        chunk.removeLast(capacity - count)
        if count == 0, hasEnded, isInFrame {
            throw DecompressionError(reason: "the zstd data end too early")
        }
    }

    private static func error(_ code: Int) -> DecompressionError {
        let name = ZSTD_getErrorName(code).map { String(cString: $0) } ?? "error \(code)"
        return DecompressionError(reason: "the zstd data are damaged: \(name)")
    }
}

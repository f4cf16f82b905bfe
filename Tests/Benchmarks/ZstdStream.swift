import CZstd
import FleetRuntime

/// One zstd stream that lives for a whole session and is flushed after every message.
///
/// A class for the sake of its `deinit`.
final class ZstdStream {
    private let context: OpaquePointer
    private(set) var byteCount = 0
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)

    init(level: Int32) throws {
        guard let context = ZSTD_createCCtx() else { throw CommandError("no memory for zstd") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    }

    deinit { ZSTD_freeCCtx(context) }

    func send(_ message: [UInt8]) throws {
        try message.withUnsafeBytes { source in
            try buffer.withUnsafeMutableBytes { target in
                var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                while true {
                    var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let left = ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush)
                    guard ZSTD_isError(left) == 0 else { throw CommandError("zstd failed") }
                    byteCount += output.pos
                    if left == 0, input.pos == input.size { return }
                }
            }
        }
    }
}

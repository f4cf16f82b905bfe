import CZstd

/// zstd frames of a known size, for bytes that come from another machine.
package enum Zstd {
    /// One frame with its content's size in its header and no checksum (segments have their own).
    package static func compress(
        _ bytes: [UInt8],
        level: Int32
    ) throws(SegmentError) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        var failure: SegmentError?
        let result = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            let size = bytes.withUnsafeBytes { source in
                ZSTD_compress(target.baseAddress, bound, source.baseAddress, source.count, level)
            }
            if ZSTD_isError(size) != 0 {
                failure = SegmentError(.compressionFailed, reason(size))
            } else {
                count = size
            }
        }
        if let failure { throw failure }
        return result
    }

    /// The content of exactly one frame.
    ///
    /// Nothing is allocated before the frame's declared size is known to be within `limit`. Throws
    /// `.tooLarge` for more, `.malformed` for a frame that hides its size, for anything before or
    /// behind the frame and for bytes that are no frame, `.truncated` for a frame cut short.
    package static func decompress(
        _ bytes: ArraySlice<UInt8>,
        limit: Int
    ) throws(SegmentError) -> [UInt8] {
        let (size, length) = bytes.withUnsafeBytes { source in
            (
                ZSTD_getFrameContentSize(source.baseAddress, source.count),
                ZSTD_findFrameCompressedSize(source.baseAddress, source.count)
            )
        }
        // ZSTD_CONTENTSIZE_UNKNOWN and ZSTD_CONTENTSIZE_ERROR: macros that Swift can't import.
        guard size != UInt64.max &- 1 else {
            throw SegmentError(.malformed, "not a zstd frame")
        }
        guard size != UInt64.max else {
            throw SegmentError(.malformed, "a zstd frame without its content's size")
        }
        guard limit >= 0, size <= UInt64(limit) else {
            throw SegmentError(.tooLarge, "\(size) bytes once decompressed, the limit is \(limit)")
        }
        guard ZSTD_isError(length) == 0 else {
            throw SegmentError(.truncated, reason(length))
        }
        guard length == bytes.count else {
            throw SegmentError(.malformed, "\(bytes.count - length) bytes behind a zstd frame")
        }
        var failure: SegmentError?
        let capacity = Int(size)
        let result = [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            let written = bytes.withUnsafeBytes { source in
                ZSTD_decompress(target.baseAddress, capacity, source.baseAddress, source.count)
            }
            if ZSTD_isError(written) != 0 {
                failure = SegmentError(.malformed, reason(written))
            } else if written != capacity {
                failure = SegmentError(.malformed, "a zstd frame shorter than it declares")
            } else {
                count = written
            }
        }
        if let failure { throw failure }
        return result
    }

    private static func reason(_ code: Int) -> String {
        "zstd: \(String(cString: ZSTD_getErrorName(code)))"
    }
}

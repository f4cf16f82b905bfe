import CSnappy

/// Snappy's block format, which Prometheus' remote protocols are wrapped in.
package enum Snappy {
    package static func compress(_ bytes: [UInt8]) throws(SegmentError) -> [UInt8] {
        var status = SNAPPY_OK
        let bound = snappy_max_compressed_length(bytes.count)
        let result = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            var length = bound
            bytes.withUnsafeBufferPointer { source in
                status = snappy_compress(
                    UnsafeRawPointer(source.baseAddress)?.assumingMemoryBound(to: CChar.self),
                    source.count,
                    UnsafeMutableRawPointer(target.baseAddress)?
                        .assumingMemoryBound(to: CChar.self),
                    &length
                )
            }
            count = status == SNAPPY_OK ? length : 0
        }
        guard status == SNAPPY_OK else {
            throw SegmentError(.compressionFailed, "snappy could not compress")
        }
        return result
    }

    /// - Parameter limit: bytes once decompressed; looked at before anything is allocated.
    /// - Throws: `.tooLarge` or `.malformed`.
    package static func decompress(
        _ bytes: ArraySlice<UInt8>,
        limit: Int
    ) throws(SegmentError) -> [UInt8] {
        var length = 0
        var status = bytes.withUnsafeBytes { source in
            snappy_uncompressed_length(
                source.baseAddress?.assumingMemoryBound(to: CChar.self),
                source.count,
                &length
            )
        }
        guard status == SNAPPY_OK else { throw SegmentError(.malformed, "not a snappy block") }
        guard length <= limit else {
            throw SegmentError(
                .tooLarge,
                "\(length) bytes once decompressed, the limit is \(limit)"
            )
        }
        let size = length
        let result = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { target, count in
            var written = size
            status = bytes.withUnsafeBytes { source in
                snappy_uncompress(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    source.count,
                    UnsafeMutableRawPointer(target.baseAddress)?
                        .assumingMemoryBound(to: CChar.self),
                    &written
                )
            }
            count = status == SNAPPY_OK ? written : 0
        }
        guard status == SNAPPY_OK else { throw SegmentError(.malformed, "a damaged snappy block") }
        return result
    }
}

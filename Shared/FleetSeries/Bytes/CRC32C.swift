/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of frames and segments.
package enum CRC32C {
    /// Slicing by eight: table k holds the checksum of a byte followed by k zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var checksum = UInt32(byte)
            for _ in 0..<8 {
                checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0x82f6_3b78 : checksum >> 1
            }
            tables[byte] = checksum
        }
        for index in 256..<8 * 256 {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let viaStorage = bytes.withContiguousStorageIfAvailable { buffer in
            checksum(UnsafeRawBufferPointer(buffer))
        }
        if let viaStorage { return viaStorage }
        return checksum(Array(bytes))
    }

    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var checksum = UInt32.max
            var index = 0
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
                let mixed = word ^ UInt64(checksum)
                checksum = 0
                for lane in 0..<8 {
                    let byte = Int(truncatingIfNeeded: mixed >> (8 * UInt64(lane)) & 0xFF)
                    checksum ^= tables[(7 - lane) * 256 + byte]
                }
                index += 8
            }
            while index < bytes.count {
                let entry = Int((checksum ^ UInt32(bytes[index])) & 0xFF)
                checksum = checksum >> 8 ^ tables[entry]
                index += 1
            }
            return ~checksum
        }
    }
}

/// Tells one file from another by its bytes, so that a replay goes on with the file it began.
///
/// FNV-1a of 128 bits beside the size: not proof against someone who wants a collision, which
/// would only cost that someone the replay of his own file.
package struct FileFingerprint: Hashable, Sendable, CustomStringConvertible {
    package let byteCount: UInt64
    package let high: UInt64
    package let low: UInt64

    package init(byteCount: UInt64, high: UInt64, low: UInt64) {
        self.byteCount = byteCount
        self.high = high
        self.low = low
    }

    /// Reads the whole file, as it lies on disk.
    package init(ofPath path: String) throws(RecordedScrapesError) {
        let file = try InputFile(path: path)
        var hash = Self.start
        var byteCount: UInt64 = 0
        var chunk: [UInt8] = []
        while true {
            try file.read(into: &chunk)
            if chunk.isEmpty { break }
            byteCount += UInt64(chunk.count)
            Self.add(chunk, to: &hash)
        }
        self.init(
            byteCount: byteCount,
            high: UInt64(truncatingIfNeeded: hash >> 64),
            low: UInt64(truncatingIfNeeded: hash)
        )
    }

    /// The size and the hash, in hexadecimal digits.
    package var description: String {
        func padded(_ word: UInt64) -> String {
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "\(byteCount)-\(padded(high))\(padded(low))"
    }

    /// The offset basis and the prime of FNV-1a, 128 bits.
    private static let start: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b

    private static func add(_ bytes: [UInt8], to hash: inout UInt128) {
        var running = hash
        for byte in bytes { running = (running ^ UInt128(byte)) &* prime }
        hash = running
    }
}

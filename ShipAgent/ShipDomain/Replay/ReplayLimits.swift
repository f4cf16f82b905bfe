/// Every number that bounds what replaying a file of recorded scrapes may cost the ship.
package enum ReplayLimits {
    /// Bytes read from the file, and handed out decompressed, at a time.
    package static let chunkBytes = 64 * 1024

    /// Bytes of one line: one exposition of the largest size, escaped.
    package static let lineBytes = 64 * 1024 * 1024

    /// Memory that the xz decoder may take: `xz -9` needs 65 MiB.
    package static let xzMemoryBytes: UInt64 = 80 * 1024 * 1024

    /// Two to this power is the largest zstd window: `zstd -19` needs 8 MiB, this is 64 MiB.
    package static let zstdWindowLog: Int32 = 26

    /// Nesting of what is skipped in a line.
    package static let depth = 32
}

/// Cuts a stream into lines of NMEA 0183. A line longer than any sentence is passed over.
package struct NMEALines: Sendable {
    /// The standard allows 82 characters; what a multiplexer puts before them is longer.
    package static let limit = 256

    private var line: [UInt8] = []
    private var isTooLong = false

    package init() {}

    package mutating func feed(_ bytes: some Collection<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            guard byte == 0x0A || byte == 0x0D else {
                if line.count < Self.limit { line.append(byte) } else { isTooLong = true }
                continue
            }
            if !line.isEmpty, !isTooLong { lines.append(line) }
            line = []
            isTooLong = false
        }
        return lines
    }

    /// What stands behind the last line end: a datagram may come without one.
    package mutating func end() -> [UInt8]? {
        defer {
            line = []
            isTooLong = false
        }
        return line.isEmpty || isTooLong ? nil : line
    }
}

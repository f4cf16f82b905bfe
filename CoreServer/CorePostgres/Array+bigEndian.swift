extension Array where Element == UInt8 {
    /// Network byte order, as everything in PostgreSQL's protocol.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends what `body` appends behind its length in four bytes.
    mutating func appendCounted<Failure: Error>(
        _ body: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let start = count
        append(bigEndian: Int32(0))
        try body(&self)
        let length = UInt32(truncatingIfNeeded: count - start - 4)
        for index in 0..<4 {
            self[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index)))
        }
    }
}

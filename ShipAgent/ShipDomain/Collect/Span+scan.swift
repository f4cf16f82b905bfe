/// Searches in untrusted bytes, eight at a time and never outside of the span: every load is
/// checked by the standard library.
extension Span where Element == UInt8 {
    /// The first position at or after `start` that holds `byte`, or `count`.
    @inline(__always)
    func position(of byte: UInt8, from start: Int) -> Int {
        var position = start
        let words = bytes
        let sought = Self.everyByte &* UInt64(byte)
        while position &+ 8 <= count {
            let word = words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let found = Self.zeroBytes(word.littleEndian ^ sought)
            if found != 0 { return position &+ found.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < count, self[position] != byte { position &+= 1 }
        return position
    }

    /// The first position at or after `start` that holds a quotation mark, a backslash or a line
    /// feed, or `count`: what may end a quoted text.
    @inline(__always)
    func positionOfTextEnd(from start: Int) -> Int {
        var position = start
        let words = bytes
        let quote = Self.everyByte &* 0x22
        let backslash = Self.everyByte &* 0x5C
        let lineFeed = Self.everyByte &* 0x0A
        while position &+ 8 <= count {
            let word = words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
                .littleEndian
            let found =
                Self.zeroBytes(word ^ quote) | Self.zeroBytes(word ^ backslash)
                | Self.zeroBytes(word ^ lineFeed)
            if found != 0 { return position &+ found.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < count {
            let byte = self[position]
            if byte == 0x22 || byte == 0x5C || byte == 0x0A { return position }
            position &+= 1
        }
        return position
    }

    /// The first position at or after `start` that holds neither a space nor a tab, or `count`.
    @inline(__always)
    func positionAfterBlanks(from start: Int) -> Int {
        var position = start
        while position < count, self[position] == 0x20 || self[position] == 0x09 {
            position &+= 1
        }
        return position
    }

    /// Whether the bytes from `start` on begin with those that `other` has in `range`.
    @inline(__always)
    func holds(_ other: Span<UInt8>, _ range: Range<Int>, at start: Int) -> Bool {
        let length = range.count
        guard length <= count &- start, range.upperBound <= other.count else { return false }
        let left = bytes
        let right = other.bytes
        var offset = 0
        while offset &+ 8 <= length {
            let one = left.unsafeLoadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self)
            let two = right.unsafeLoadUnaligned(
                fromByteOffset: range.lowerBound &+ offset,
                as: UInt64.self
            )
            if one != two { return false }
            offset &+= 8
        }
        while offset < length {
            if self[start &+ offset] != other[range.lowerBound &+ offset] { return false }
            offset &+= 1
        }
        return true
    }

    private static var everyByte: UInt64 { 0x0101_0101_0101_0101 }

    /// The top bit of each zero byte of `word`. Above the lowest of them there may be false ones
    /// (a borrow runs upwards), so only the lowest set bit counts.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- everyByte) & ~word & 0x8080_8080_8080_8080
    }
}

/// Content that an encoder may look at anywhere.
struct Bytes {
    let start: UnsafePointer<UInt8>
    let count: Int

    /// How many bytes from `place` on are those of `other` from `otherPlace` on, at most `limit`.
    @inline(__always)
    func common(_ place: Int, _ other: Bytes, _ otherPlace: Int, limit: Int = .max) -> Int {
        let room = min(limit, min(count - place, other.count - otherPlace))
        guard room > 0 else { return 0 }
        let a = UnsafeRawPointer(start + place)
        let b = UnsafeRawPointer(other.start + otherPlace)
        var length = 0
        while length &+ 8 <= room {
            let x = UInt64(littleEndian: a.loadUnaligned(fromByteOffset: length, as: UInt64.self))
            let y = UInt64(littleEndian: b.loadUnaligned(fromByteOffset: length, as: UInt64.self))
            if x != y { return length &+ (x ^ y).trailingZeroBitCount >> 3 }
            length &+= 8
        }
        while length < room, start[place &+ length] == other.start[otherPlace &+ length] {
            length &+= 1
        }
        return length
    }

    @inline(__always)
    func word(_ place: Int) -> UInt64 {
        UnsafeRawPointer(start + place).loadUnaligned(as: UInt64.self)
    }
}

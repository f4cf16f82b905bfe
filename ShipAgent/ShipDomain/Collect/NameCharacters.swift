/// The characters that names may have where they stand without quotation marks.
struct NameCharacters {
    /// `[a-zA-Z_:]`, and digits after the first.
    static let metric = Self(afterDigits: 0x3B, colon: 1)

    /// `[a-zA-Z_]`, and digits after the first.
    static let label = Self(afterDigits: 0x3A, colon: 0)

    /// The character behind the last that counts as a digit: the colon follows the nine in ASCII.
    private let afterDigits: UInt64
    private let colon: UInt64

    private init(afterDigits: UInt64, colon: UInt64) {
        self.afterDigits = afterDigits
        self.colon = colon
    }

    @inline(__always)
    func canStart(with byte: UInt8) -> Bool {
        // Bits 1–26, 31 and 33–58 of the upper half of ASCII: `A` to `Z`, `_`, `a` to `z`.
        let letters: UInt64 = 0x07FF_FFFE_87FF_FFFE
        let set = byte & 0x40 == 0 ? colon &<< 58 : letters
        return byte < 0x80 && set &>> UInt64(byte & 0x3F) & 1 == 1
    }

    /// The first position at or after `start` of a byte that can't be in a name, or the end.
    ///
    /// Names are a good part of an exposition, so eight bytes are judged at once. Of each byte the
    /// top bit becomes the answer; the sums can't run over, since the other seven bits come first.
    @inline(__always)
    func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        let words = bytes.bytes
        while position &+ 8 <= bytes.count {
            let word = words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
                .littleEndian
            let good = goodBytes(word)
            let bad = ~good & (Self.everyByte &* 0x80)
            if bad != 0 { return position &+ bad.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < bytes.count, goodBytes(UInt64(bytes[position])) & 0x80 != 0 {
            position &+= 1
        }
        return position
    }

    @inline(__always)
    private func goodBytes(_ word: UInt64) -> UInt64 {
        let low = word & (Self.everyByte &* 0x7F)
        let lower = low | (Self.everyByte &* 0x20)
        let letters = (lower &+ Self.from(0x61)) & ~(lower &+ Self.from(0x7B))
        let digits = (low &+ Self.from(0x30)) & ~(low &+ Self.from(afterDigits))
        let underscores = ~((low ^ (Self.everyByte &* 0x5F)) &+ (Self.everyByte &* 0x7F))
        return (letters | digits | underscores) & ~word
    }

    /// What to add so that the top bit says whether a byte is at least `character`.
    @inline(__always)
    private static func from(_ character: UInt64) -> UInt64 { everyByte &* (0x80 &- character) }

    private static var everyByte: UInt64 { 0x0101_0101_0101_0101 }
}

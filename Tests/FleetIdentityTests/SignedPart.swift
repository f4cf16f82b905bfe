/// Where a certificate or a request in DER has what its signature covers.
///
/// Outside of it a bit may change without harm: the padding of the signature's bit string.
enum SignedPart {
    static func range(in der: [UInt8]) -> Range<Int> {
        let outer = header(of: der, at: 0)
        let inner = header(of: der, at: outer.content)
        return outer.content..<(inner.content + inner.length)
    }

    private static func header(of der: [UInt8], at start: Int) -> (content: Int, length: Int) {
        let first = Int(der[start + 1])
        guard first >= 0x80 else { return (start + 2, first) }
        let count = first & 0x7F
        let length = der[(start + 2)..<(start + 2 + count)].reduce(0) { $0 << 8 | Int($1) }
        return (start + 2 + count, length)
    }
}

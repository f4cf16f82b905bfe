import FleetModel

/// Which groups of three bytes occur in the texts of a block: what a search passes blocks over by.
///
/// A bitmap with one bit per group, at the top bits of a multiplicative hash; four bits of room per
/// group that occurs. So a word of five letters that isn't there is thought to be there in one block
/// of a hundred, for a byte per two groups. ASCII capitals count as small letters.
struct TrigramFilter: Sendable {
    private static let fewestBits = 256
    private static let mostBits = 65_536

    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(of records: [LogRecord]) {
        var groups: Set<UInt32> = []
        for record in records {
            record.eachText { text in Self.eachGroup(of: text) { groups.insert($0) } }
        }
        var bits = Self.fewestBits
        while bits < groups.count * 4, bits < Self.mostBits { bits *= 2 }
        var bytes = [UInt8](repeating: 0, count: bits / 8)
        for group in groups {
            let place = Self.place(of: group, bits: bits)
            bytes[place >> 3] |= 1 << UInt8(place & 7)
        }
        self.bytes = bytes
    }

    /// Whether the term may occur: `false` is certain.
    func mayHold(_ term: [UInt8]) -> Bool {
        let bits = bytes.count * 8
        // Not a size that this program makes: nothing can be ruled out.
        guard bits >= Self.fewestBits, bits & (bits - 1) == 0 else { return true }
        var isPossible = true
        Self.eachGroup(of: term) { group in
            let place = Self.place(of: group, bits: bits)
            if bytes[place >> 3] & 1 << UInt8(place & 7) == 0 { isPossible = false }
        }
        return isPossible
    }

    private static func place(of group: UInt32, bits: Int) -> Int {
        Int((group &* 0x9E37_79B1) >> UInt32(32 - bits.trailingZeroBitCount))
    }

    private static func eachGroup(of text: some Sequence<UInt8>, _ body: (UInt32) -> Void) {
        var group: UInt32 = 0
        var length = 0
        for byte in text {
            group = (group << 8 | UInt32(byte.smallLetter)) & 0xFF_FFFF
            length += 1
            if length >= 3 { body(group) }
        }
    }
}

extension UInt8 {
    /// ASCII only: other letters' capitals are other letters.
    var smallLetter: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension LogRecord {
    /// Every text that a search looks in.
    func eachText(_ body: (String.UTF8View) -> Void) {
        for text in [host, app, procid, msgid, message] where !text.isEmpty { body(text.utf8) }
        for label in structured.labels {
            body(label.name.utf8)
            body(label.value.utf8)
        }
    }
}

/// Where a text has got to: within its word, and beside a text that it may resemble.
struct TextTrail {
    private let beside: [UInt8]
    private var place = 0
    /// A hash of the word's bytes so far.
    private(set) var word: UInt32 = 0
    private var wordLength = 0
    /// Whether it has gone as the other text since both began, or since a separator that both have.
    private(set) var isAlong = true

    init(beside: [UInt8]) { self.beside = beside }

    /// The other text's next byte, or `TextModel.end`.
    var expected: UInt32 { UInt32(place < beside.count ? beside[place] : TextModel.end) }

    /// 0...7: what the mixer has weights of its own for.
    var situation: Int { min(wordLength, 3) * 2 + (isAlong ? 1 : 0) }

    mutating func advance(over byte: UInt8) {
        let isWord = byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5A || byte >= 0x61
        if isWord {
            let mixed = (word &+ UInt32(byte) &+ 1) &* 0x9E37_79B1
            word = mixed ^ mixed >> 15
            wordLength += 1
        } else {
            word = 0
            wordLength = 0
        }
        if isAlong, expected == UInt32(byte) {
            place += 1
            return
        }
        isAlong = false
        if !isWord, let found = beside[min(place, beside.count)...].firstIndex(of: byte) {
            place = found + 1
            isAlong = true
        }
    }
}

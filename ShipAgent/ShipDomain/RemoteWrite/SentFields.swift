/// The label fields that senders' series are made of, each kept once: a ship's series share most of
/// theirs, so that a hundred thousand series take a fraction of the room of their texts.
struct SentFields: Sendable {
    /// All fields, one after another, in the order of their numbers.
    private var bytes: [UInt8] = []
    /// Where each field ends.
    private var ends: [UInt32] = []
    private var table = NumberTable()

    var byteCount: Int { bytes.count }

    /// Where these fields lie, whose numbers follow each other.
    @inline(__always)
    private func range(_ fields: ClosedRange<Int>) -> Range<Int> {
        let start = fields.lowerBound == 0 ? 0 : Int(ends[fields.lowerBound &- 1])
        return start..<Int(ends[fields.upperBound])
    }

    /// Whether a text is made of these fields. Neighbours by number lie beside each other and are
    /// compared at once.
    @inline(__always)
    func holds(_ fields: ArraySlice<UInt32>, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var position = range.lowerBound
        var index = fields.startIndex
        while index < fields.endIndex {
            let first = Int(fields[index])
            var last = first
            index &+= 1
            while index < fields.endIndex, Int(fields[index]) == last &+ 1 {
                last &+= 1
                index &+= 1
            }
            let known = self.range(first...last)
            guard known.count <= range.upperBound &- position,
                text.holds(bytes.span, known, at: position)
            else { return false }
            position &+= known.count
        }
        return position == range.upperBound
    }

    /// The number of a field, new or known. Returns `nil` where 32 bits no longer reach.
    mutating func number(of text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
        let hash = SeriesTextCache.hash(text, range)
        let known = table.find(hash) { number in
            let place = self.range(number...number)
            return place.count == range.count && text.holds(bytes.span, place, at: range.lowerBound)
        }
        if let known { return UInt32(truncatingIfNeeded: known) }
        guard let end = UInt32(exactly: bytes.count + range.count),
            let number = UInt32(exactly: ends.count)
        else { return nil }
        for index in range { bytes.append(text[index]) }
        ends.append(end)
        table.insert(ends.count - 1, hash)
        return number
    }

    /// A field as another cache is to have it.
    func copy(of number: UInt32, to other: inout SentFields) -> UInt32? {
        other.number(of: bytes.span, range(Int(number)...Int(number)))
    }
}

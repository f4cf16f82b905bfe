/// Remembers the series of those who write remotely by their labels as sent, so that labels are read
/// once, not once per sample.
///
/// Compares bytes, never `String`s. A series costs about 40 bytes, 4 for each of its labels, and what
/// of its labels no other series has.
struct SentSeriesCache: Sendable {
    private struct Entry {
        var hash: UInt32
        /// Where its fields begin in `lists`, and how many there are.
        var start: UInt32
        var count: UInt32
        /// What the labels stand for: a number, or a verdict.
        var series: UInt32
        var lastSeen: UInt32
        /// The entry that followed this one in the last request.
        var following: UInt32

        var list: Range<Int> { Int(start)..<Int(start) &+ Int(count) }
    }

    private var entries: [Entry] = []
    /// The fields of all entries, one entry after another.
    private var lists: [UInt32] = []
    private var fields = SentFields()
    private var table = NumberTable()

    var count: Int { entries.count }

    /// Bytes of labels, as kept.
    var byteCount: Int { fields.byteCount + lists.count * 4 }

    @inline(__always)
    func series(of entry: Int) -> UInt32 { entries[entry].series }

    /// The entry to expect after this one, `nil` after the last.
    @inline(__always)
    func following(_ entry: Int) -> Int? {
        let following = Int(entries[entry].following)
        return following < entries.count ? following : nil
    }

    @inline(__always)
    mutating func note(_ entry: Int, seenAt minute: UInt32, after previous: Int?) {
        entries[entry].lastSeen = minute
        if let previous, Int(entries[previous].following) != entry {
            entries[previous].following = UInt32(truncatingIfNeeded: entry)
        }
    }

    /// Whether these are an entry's labels.
    @inline(__always)
    func holds(_ entry: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        fields.holds(lists[entries[entry].list], text, range)
    }

    func find(_ text: Span<UInt8>, _ range: Range<Int>, hash: UInt32) -> Int? {
        table.find(hash) { holds($0, text, range) }
    }

    /// Adds labels that `find` didn't know: version 1's fields, one after another.
    ///
    /// What is no sequence of fields, or where 32 bits no longer reach, is not kept.
    mutating func insert(_ text: Span<UInt8>, _ range: Range<Int>, hash: UInt32, series: UInt32) {
        let start = lists.count
        var cursor = ProtobufCursor(range)
        while !cursor.isAtEnd {
            let first = cursor.position
            guard let tag = try? cursor.varint(text), (try? cursor.skip(tag, text)) != nil,
                let number = fields.number(of: text, first..<cursor.position)
            else {
                lists.removeLast(lists.count - start)
                return
            }
            lists.append(number)
        }
        append(start: start, hash: hash, series: series, lastSeen: 0)
    }

    private mutating func append(start: Int, hash: UInt32, series: UInt32, lastSeen: UInt32) {
        guard let place = UInt32(exactly: start), entries.count < Int(UInt32.max / 4) else {
            return
        }
        entries.append(
            Entry(
                hash: hash,
                start: place,
                count: UInt32(truncatingIfNeeded: lists.count - start),
                series: series,
                lastSeen: lastSeen,
                following: .max
            )
        )
        table.insert(entries.count - 1, hash)
    }

    /// How many were last seen before `minute`.
    func unseenCount(since minute: UInt32) -> Int {
        entries.reduce(into: 0) { count, entry in if entry.lastSeen < minute { count += 1 } }
    }

    /// Forgets what was last seen before `minute`, and the fields that nothing else has.
    mutating func removeUnseen(since minute: UInt32) {
        var kept = SentSeriesCache()
        for entry in entries where entry.lastSeen >= minute {
            let start = kept.lists.count
            for field in lists[entry.list] {
                // There was room for all of them.
                if let number = fields.copy(of: field, to: &kept.fields) {
                    kept.lists.append(number)
                }
            }
            kept.append(
                start: start,
                hash: entry.hash,
                series: entry.series,
                lastSeen: entry.lastSeen
            )
        }
        self = kept
    }
}

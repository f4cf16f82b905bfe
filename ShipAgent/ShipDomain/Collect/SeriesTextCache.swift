/// Remembers the texts of a target's series, so that a series' labels are parsed once, not once
/// per scrape.
///
/// Compares bytes, never `String`s. Costs 24 bytes and about 8 of table per series beyond its text.
struct SeriesTextCache: Sendable {
    private struct Entry {
        var hash: UInt32
        var offset: UInt32
        var length: UInt32
        /// What the text stands for: an index that means something to the cache's owner.
        var series: UInt32
        var lastSeen: UInt32
        /// The entry that followed this one in the last scrape.
        var following: UInt32
    }

    private var entries: [Entry] = []
    /// Open addressing: the entry's index plus one, 0 for a free place. Never more than half full.
    private var table: [UInt32] = []

    /// All texts, one after another.
    private(set) var texts: [UInt8] = []

    var count: Int { entries.count }

    /// Where the text of an entry lies in `texts`.
    @inline(__always)
    func range(of entry: Int) -> Range<Int> {
        let offset = Int(entries[entry].offset)
        return offset..<offset &+ Int(entries[entry].length)
    }

    @inline(__always)
    func series(of entry: Int) -> Int { Int(entries[entry].series) }

    /// The entry to expect after this one, `nil` after the last.
    @inline(__always)
    func following(_ entry: Int) -> Int? {
        let following = Int(entries[entry].following)
        return following < entries.count ? following : nil
    }

    @inline(__always)
    mutating func note(_ entry: Int, seenAt scrape: UInt32, after previous: Int?) {
        entries[entry].lastSeen = scrape
        if let previous, Int(entries[previous].following) != entry {
            entries[previous].following = UInt32(truncatingIfNeeded: entry)
        }
    }

    /// The hash that `find` and `insert` take. Seeded by the process, so that an exporter can't
    /// choose names that collide.
    static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        var hasher = Hasher()
        bytes.extracting(range).withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    func find(_ bytes: Span<UInt8>, _ range: Range<Int>, hash: UInt32) -> Int? {
        guard !table.isEmpty else { return nil }
        var place = Int(hash) & (table.count - 1)
        while table[place] != 0 {
            let entry = Int(table[place]) - 1
            if entries[entry].hash == hash, entries[entry].length == range.count,
                texts.span.holds(bytes, range, at: Int(entries[entry].offset))
            {
                return entry
            }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// Adds a text that `find` didn't know. Returns `nil` where 32-bit offsets no longer reach.
    mutating func insert(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        hash: UInt32,
        series: Int
    ) -> Int? {
        guard let offset = UInt32(exactly: texts.count), let length = UInt32(exactly: range.count),
            let series = UInt32(exactly: series), entries.count < Int(UInt32.max / 4)
        else { return nil }
        for index in range { texts.append(bytes[index]) }
        entries.append(
            Entry(
                hash: hash,
                offset: offset,
                length: length,
                series: series,
                lastSeen: 0,
                following: .max
            )
        )
        if entries.count * 2 > table.count {
            rebuildTable()
        } else {
            place(entries.count - 1)
        }
        return entries.count - 1
    }

    /// Forgets all texts last seen before `scrape`, and passes the series of each that stays
    /// through `renumbered`. Returns the new index of each old entry, `nil` for the forgotten.
    mutating func removeUnseen(since scrape: UInt32, renumbered: (Int) -> Int) -> [Int?] {
        var newIndices = [UInt32](repeating: .max, count: entries.count)
        var kept: [Entry] = []
        var keptTexts: [UInt8] = []
        for (index, entry) in entries.enumerated() where entry.lastSeen >= scrape {
            newIndices[index] = UInt32(truncatingIfNeeded: kept.count)
            var moved = entry
            moved.offset = UInt32(truncatingIfNeeded: keptTexts.count)
            moved.series = UInt32(truncatingIfNeeded: renumbered(Int(entry.series)))
            keptTexts += texts[range(of: index)]
            kept.append(moved)
        }
        for index in kept.indices {
            let following = Int(kept[index].following)
            kept[index].following = following < newIndices.count ? newIndices[following] : .max
        }
        entries = kept
        texts = keptTexts
        rebuildTable()
        return newIndices.map { $0 == .max ? nil : Int($0) }
    }

    /// How many texts were last seen before `scrape`.
    func unseenCount(since scrape: UInt32) -> Int {
        entries.reduce(into: 0) { count, entry in
            if entry.lastSeen < scrape { count += 1 }
        }
    }

    /// The series of all texts seen in `scrape` or later.
    func series(seenSince scrape: UInt32) -> [Int] {
        entries.filter { $0.lastSeen >= scrape }.map { Int($0.series) }
    }

    private mutating func rebuildTable() {
        var places = 64
        while places < entries.count * 2 { places *= 2 }
        table = [UInt32](repeating: 0, count: places)
        for entry in entries.indices { place(entry) }
    }

    private mutating func place(_ entry: Int) {
        var place = Int(entries[entry].hash) & (table.count - 1)
        while table[place] != 0 { place = (place + 1) & (table.count - 1) }
        table[place] = UInt32(truncatingIfNeeded: entry + 1)
    }
}

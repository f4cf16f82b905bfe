import FleetModel
import Testing

@testable import ShipDomain

struct SentSeriesCacheTests {
    /// Version 1's label fields, one after another.
    private static func text(_ labels: [(String, String)]) -> [UInt8] {
        labels.flatMap { name, value in
            let name = Array(name.utf8)
            let value = Array(value.utf8)
            let content =
                [0x0A, UInt8(name.count)] + name + [0x12, UInt8(value.count)] + value
            return [0x0A, UInt8(content.count)] + content
        }
    }

    private static func text(_ number: Int) -> [UInt8] {
        text([
            ("__name__", "metric_\(number % 50)"), ("app", "engine"), ("part", "\(number / 50)"),
            ("ship_id", "ms-aurora"),
        ])
    }

    private static func find(_ text: [UInt8], in cache: SentSeriesCache) -> Int? {
        let range = 0..<text.count
        return cache.find(text.span, range, hash: SeriesTextCache.hash(text.span, range))
    }

    private static func holds(_ cache: SentSeriesCache, _ entry: Int, _ text: [UInt8]) -> Bool {
        cache.holds(entry, text.span, 0..<text.count)
    }

    private static func insert(
        _ text: [UInt8],
        _ series: Int,
        into cache: inout SentSeriesCache
    ) {
        let range = 0..<text.count
        let hash = SeriesTextCache.hash(text.span, range)
        cache.insert(text.span, range, hash: hash, series: UInt32(series))
    }

    @Test
    func `every series is found by its labels and by no others`() throws {
        var cache = SentSeriesCache()
        for number in 0..<5000 { Self.insert(Self.text(number), number, into: &cache) }
        #expect(cache.count == 5000)
        for number in 0..<5000 {
            let text = Self.text(number)
            let entry = try #require(Self.find(text, in: cache))
            #expect(cache.series(of: entry) == UInt32(number))
            #expect(Self.holds(cache, entry, text))
            // One byte more or less, or another.
            #expect(!Self.holds(cache, entry, Array(text.dropLast())))
            #expect(!Self.holds(cache, entry, text + [0]))
            var other = text
            other[number % other.count] ^= 1
            #expect(!Self.holds(cache, entry, other))
        }
        #expect(Self.find(Self.text(5000), in: cache) == nil)
    }

    @Test
    func `series share the labels that they have in common`() {
        var cache = SentSeriesCache()
        var bytes = 0
        for number in 0..<5000 {
            let text = Self.text(number)
            bytes += text.count
            Self.insert(text, number, into: &cache)
        }
        #expect(cache.byteCount < bytes / 3, "\(cache.byteCount) of \(bytes)")
    }

    @Test
    func `what was not seen is forgotten, and what was is found as before`() throws {
        var cache = SentSeriesCache()
        for number in 0..<1000 {
            Self.insert(Self.text(number), number, into: &cache)
            cache.note(number, seenAt: number % 3 == 0 ? 10 : 5, after: nil)
        }
        #expect(cache.unseenCount(since: 10) == 666)
        cache.removeUnseen(since: 10)
        #expect(cache.count == 334)
        for number in 0..<1000 {
            let entry = Self.find(Self.text(number), in: cache)
            #expect(entry.map { cache.series(of: $0) } == (number % 3 == 0 ? UInt32(number) : nil))
        }
        Self.insert(Self.text(1), 1, into: &cache)
        #expect(Self.find(Self.text(1), in: cache) != nil)
    }

    @Test
    func `labels that are no labels are not kept, and a series without any is`() {
        var cache = SentSeriesCache()
        Self.insert([0x0A, 0x7F, 0x01], 1, into: &cache)
        Self.insert([0xFF], 1, into: &cache)
        #expect(cache.count == 0)
        Self.insert([], 7, into: &cache)
        #expect(Self.find([], in: cache).map { cache.series(of: $0) } == 7)
    }
}

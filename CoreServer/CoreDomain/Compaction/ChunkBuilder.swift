import FleetModel
import FleetSeries

/// Turns what blocks hold into chunks: series by ranges of ids, a day's samples in one chain of
/// segments each.
struct ChunkBuilder {
    /// One row of `sample_chunks`.
    struct Chunk: Sendable {
        let firstSeries: Int32
        let lastSeries: Int32
        let part: Int32
        let first: Int64
        let last: Int64
        let sampleCount: Int64
        let body: [UInt8]
    }

    /// Series in one chunk. Fewer make a query for one series cheaper, more make chunks smaller:
    /// series of one scrape target are best predicted from one another.
    static let seriesPerChunk: Int32 = 128

    /// A chunk that has reached this many bytes ends, and another part begins.
    static let chunkBytes = 256 * 1024

    /// Samples and rows in one segment: the codec takes 1,048,576 together.
    private static let segmentCells = 400_000

    private var ranges: [Int32: Range] = [:]
    private(set) var chunks: [Chunk] = []
    private(set) var digest = SampleDigest()
    /// Samples that are not in a segment yet.
    private(set) var pending = 0

    /// The open chunk of one range of series.
    private struct Range {
        var batches: [SampleBatch] = []
        var context: SegmentContext?
        var body = ByteWriter()
        var part: Int32 = 0
        var first = Int64.max
        var last = Int64.min
        var sampleCount: Int64 = 0
    }

    /// Adds what one group of a segment holds.
    mutating func add(_ group: SampleGroup, identify: (SeriesNumber) -> Int32) {
        digest.add(group, identify: identify)
        var columns: [Int32: [(id: Int32, column: SeriesColumn)]] = [:]
        for column in group.columns {
            let id = identify(column.number)
            columns[id / Self.seriesPerChunk, default: []].append((id, column))
        }
        for (range, found) in columns {
            var rest = found.sorted { $0.id < $1.id }
            // Two numbers of one series can't share a batch.
            while !rest.isEmpty {
                var layer: [(id: Int32, column: SeriesColumn)] = []
                var later: [(id: Int32, column: SeriesColumn)] = []
                for item in rest {
                    if layer.last?.id == item.id { later.append(item) } else { layer.append(item) }
                }
                add(layer, of: group, to: range)
                rest = later
            }
        }
    }

    private mutating func add(
        _ columns: [(id: Int32, column: SeriesColumn)],
        of group: SampleGroup,
        to range: Int32
    ) {
        var numbers = [[SeriesNumber]](repeating: [], count: group.timestamps.count)
        var values = [[Double]](repeating: [], count: group.timestamps.count)
        for (id, column) in columns {
            let number = SeriesNumber(UInt32(bitPattern: id))
            let rows: any Sequence<Int> =
                switch column.rows {
                case .all: group.timestamps.indices
                case .some(let rows): rows
                }
            for (row, value) in zip(AnySequence(rows), column.values) {
                numbers[row].append(number)
                values[row].append(value)
            }
            pending += column.values.count
        }
        for row in group.timestamps.indices where !numbers[row].isEmpty {
            ranges[range, default: Range()].batches.append(
                SampleBatch(
                    group: group.group,
                    at: Timestamp(milliseconds: group.timestamps[row]),
                    numbers: numbers[row],
                    values: values[row]
                )
            )
        }
    }

    /// Puts everything pending into segments.
    mutating func seal() throws {
        for key in ranges.keys.sorted() {
            guard var range = ranges.removeValue(forKey: key) else { continue }
            let batches = range.batches.sorted { $0.at < $1.at }
            range.batches = []
            for cut in Self.cuts(batches) { try append(cut, to: &range, key) }
            ranges[key] = range
        }
        pending = 0
    }

    /// Ends all chunks.
    mutating func finish() throws {
        try seal()
        for key in ranges.keys.sorted() {
            guard var range = ranges[key] else { continue }
            close(&range, key)
        }
        ranges = [:]
    }

    /// Pieces that segments may hold: in span, and in cells.
    private static func cuts(_ batches: [SampleBatch]) -> [ArraySlice<SampleBatch>] {
        var cuts: [ArraySlice<SampleBatch>] = []
        var start = 0
        var cells = 0
        for (index, batch) in batches.enumerated() {
            let cost = batch.numbers.count + 1
            let span = batch.at - batches[start].at
            if index > start, span > Limits.segmentSpan || cells + cost > segmentCells {
                cuts.append(batches[start..<index])
                start = index
                cells = 0
            }
            cells += cost
        }
        if start < batches.count { cuts.append(batches[start...]) }
        return cuts
    }

    private mutating func append(
        _ batches: ArraySlice<SampleBatch>,
        to range: inout Range,
        _ key: Int32
    ) throws {
        do {
            var encoder = MetricsSegmentEncoder()
            let sealed = try encoder.encode(Array(batches), predictedFrom: range.context)
            range.context = sealed.context
            range.body.writeVarint(sealed.segment.bytes.count)
            range.body.writeBytes(sealed.segment.bytes)
            range.first = min(range.first, sealed.segment.first.milliseconds)
            range.last = max(range.last, sealed.segment.last.milliseconds)
            range.sampleCount += Int64(sealed.segment.recordCount)
            if range.body.bytes.count >= Self.chunkBytes { close(&range, key) }
        } catch {
            // Noise fills 256 kB with fewer samples than data do. One batch of 128 series fits.
            guard error.code == .tooLarge, batches.count > 1 else { throw error }
            let middle = batches.startIndex + batches.count / 2
            try append(batches[..<middle], to: &range, key)
            try append(batches[middle...], to: &range, key)
        }
    }

    private mutating func close(_ range: inout Range, _ key: Int32) {
        guard range.sampleCount > 0 else { return }
        let first = key * Self.seriesPerChunk
        chunks.append(
            Chunk(
                firstSeries: first,
                lastSeries: first + Self.seriesPerChunk - 1,
                part: range.part,
                first: range.first,
                last: range.last,
                sampleCount: range.sampleCount,
                body: range.body.bytes
            )
        )
        let part = range.part + 1
        range = Range()
        range.part = part
    }
}

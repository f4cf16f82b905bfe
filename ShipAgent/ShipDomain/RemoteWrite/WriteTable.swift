import FleetModel

/// What one request holds, once read and before anything is decided about it: flat, whichever
/// version of the protocol it came in.
package struct WriteTable: Sendable {
    struct Series {
        /// Where the labels stand in `texts`: version 1's label fields, one after another.
        var labels: Range<UInt32>
        /// The series' samples end here in `times` and `values`; they begin where the last one's end.
        var samplesEnd: UInt32
        /// What the sender says about the metric (version 2).
        var kind: SeriesKind?
    }

    /// The request itself, or the labels written out.
    private(set) var texts: [UInt8] = []
    var series: [Series] = []
    var times: [Int64] = []
    var values: [Double] = []
    /// Families and their types (version 1).
    var families: [(name: String, kind: SeriesKind)] = []
    /// What is in the request and not kept.
    package internal(set) var histograms = 0
    package internal(set) var exemplars = 0
    package internal(set) var createdTimestamps = 0

    package var sampleCount: Int { times.count }

    /// Bytes of memory it takes, roughly, with what is kept of it until it is durable.
    package var footprint: Int { times.count * 40 + series.count * 16 }

    init() {}

    mutating func setTexts(_ bytes: [UInt8]) { texts = bytes }

    mutating func appendText(_ text: Span<UInt8>, _ range: Range<Int>) {
        text.extracting(range).withUnsafeBufferPointer { texts.append(contentsOf: $0) }
    }

    mutating func appendByte(_ byte: UInt8) { texts.append(byte) }

    mutating func appendVarint(_ value: Int) {
        var rest = value
        while rest >= 0x80 {
            texts.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        texts.append(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func readSample(
        _ range: Range<Int>,
        _ bytes: Span<UInt8>
    ) throws(RemoteWriteError) {
        var cursor = ProtobufCursor(range)
        var value = 0.0
        var time: Int64 = 0
        while !cursor.isAtEnd {
            let tag = try cursor.varint(bytes)
            switch tag {
            case 1 << 3 | 1: value = Double(bitPattern: try cursor.fixed64(bytes))
            case 2 << 3 | 0: time = Int64(bitPattern: try cursor.varint(bytes))
            case 3 << 3 | 0:
                // When the counter began (version 2): `rate` ashore sees resets by the values.
                _ = try cursor.varint(bytes)
                createdTimestamps += 1
            default: try cursor.skip(tag, bytes)
            }
        }
        guard times.count < RemoteWriteLimits.samples else {
            throw .tooManySamples(limit: RemoteWriteLimits.samples)
        }
        times.append(time)
        values.append(value)
    }

    mutating func append(_ one: Series) throws(RemoteWriteError) {
        guard series.count < RemoteWriteLimits.series else {
            throw .tooManySeries(limit: RemoteWriteLimits.series)
        }
        series.append(one)
    }

    func text(_ range: Range<Int>, _ bytes: Span<UInt8>) throws(RemoteWriteError) -> String {
        let text = bytes.extracting(range).withUnsafeBufferPointer {
            String(validating: $0, as: UTF8.self)
        }
        guard let text else { throw .notUTF8 }
        return text
    }
}

import FleetModel
import FleetSeries
import Glibc
import Testing

/// What earlier versions sealed for the lane `summary` must be readable for ever.
///
/// `UPDATE_GOLDEN=1` writes files that are missing, as for `GoldenSegmentTests`.
@Suite(.serialized)
struct GoldenSummaryTests {
    private static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures"
    }()

    private func golden(_ name: String, _ seal: () throws -> [UInt8]) throws -> [UInt8] {
        let path = "\(Self.folder)/\(name).bin"
        if let file = fopen(path, "rb") {
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: Limits.segmentBytes)
            return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
        }
        try #require(getenv("UPDATE_GOLDEN") != nil, "\(path) is missing")
        let bytes = try seal()
        let file = try #require(fopen(path, "wb"), "can't write \(path)")
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return bytes
    }

    /// Half an hour that has a constant, a gauge, a counter with a reset, and one of odd values.
    private static let thinned: [SampleBatch] = (0..<30).map { (minute: Int64) in
        let gauge = Double([215, 219, 222, 190, 214, 216, 300][Int(minute % 7)]) / 10
        let counter = Double(minute < 17 ? 1000 + 37 * minute : 20 * (minute - 17))
        let odd = minute == 3 ? Double.infinity : minute == 4 ? -0.0 : 1e-9 * Double(minute)
        return batch(
            1_795_254_780_007 + 60_000 * minute,
            [(2, 42), (3, gauge), (5, counter), (6, minute % 9 == 8 ? .nan : odd)]
        )
    }

    private func rollups(_ rung: Rung) throws -> [RollupRow] {
        var builder = RollupBuilder(rung: rung) { $0 == SeriesNumber(5) }
        try builder.add(Self.thinned)
        return builder.finish()
    }

    @Test(arguments: [Rung.oneMinute, .fiveMinutes, .quarterHour, .counts])
    func `yesterday's rollups are read today`(rung: Rung) throws {
        let rows = try rollups(rung)
        let bytes = try golden("Segments/v1/rollups-\(rung)") {
            try RollupSegment.encode(rows, rung: rung).bytes
        }
        let segment = try RollupSegment.decode(bytes[...])
        #expect(segment.rung == rung)
        #expect(segment.watermark == 7)
        #expect(segment.rows.map(\.bits) == rows.map(\.bits))
    }

    @Test func `yesterday's summary is read today`() throws {
        let bytes = try golden("Segments/v1/summary") {
            try SummarySegmentTests.example.encode().bytes
        }
        #expect(try SummarySegment.decode(bytes[...]) == SummarySegmentTests.example)
    }

    @Test(arguments: [700, 5000])
    func `yesterday's distinct counts are read today`(count: Int) throws {
        var sketch = HyperLogLog()
        for number in 0..<count { sketch.insert(Array("thing \(number)".utf8)) }
        let bytes = try golden("Sketches/v1/hyperloglog-\(count)") {
            var writer = ByteWriter()
            sketch.write(to: &writer)
            return writer.bytes
        }
        var reader = ByteReader(bytes)
        #expect(try HyperLogLog(from: &reader) == sketch)
    }
}

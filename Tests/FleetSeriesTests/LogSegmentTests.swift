import FleetModel
import FleetSeries
import Testing

struct LogSegmentTests {
    private func record(_ at: Int64 = 0, _ message: String = "m", host: String = "h") -> LogRecord {
        LogRecord(
            at: Timestamp(milliseconds: at),
            severity: .notice,
            host: host,
            message: message
        )
    }

    private func code(_ records: [LogRecord]) -> SegmentError.Code? {
        failure { () throws(SegmentError) in _ = try LogSegment.encode(records) }
    }

    /// `String ==` would take two spellings of é for the same.
    private func bytes(_ records: [LogRecord]) -> [[UInt8]] {
        records.map { Array("\($0.host)|\($0.app)|\($0.msgid)|\($0.message)".utf8) }
    }

    @Test(arguments: 0..<20)
    func `records come back byte by byte`(seed: UInt64) throws {
        let records = LogMaker.records(count: 1 + Int(seed) * 17, seed: seed)
        let sealed = try LogSegment.encode(records)
        let opened = try LogSegment.decode(sealed.bytes[...])
        #expect(opened == records, "seed \(seed)")
        #expect(bytes(opened) == bytes(records), "seed \(seed)")
        #expect(sealed.recordCount == records.count)
        #expect(sealed.first == records.map(\.at).min())
        #expect(sealed.last == records.map(\.at).max())
    }

    @Test func `what daemons repeat takes a few bytes a record`() throws {
        let records = LogMaker.repetitive(count: 2000)
        let sealed = try LogSegment.encode(records)
        #expect(try LogSegment.decode(sealed.bytes[...]) == records)
        #expect(sealed.bytes.count < 2000 * 4)
    }

    @Test func `a message that holds the mark of a template stays what it is`() throws {
        let records = [
            record(0, "\u{1A}"), record(1, "a 1 \u{1A} b"), record(2, "a 2 \u{1A} b"),
            record(3, "a \u{1A} \u{1A} b"), record(4, "unlike \u{1A} 3"),
        ]
        let sealed = try LogSegment.encode(records)
        #expect(try LogSegment.decode(sealed.bytes[...]) == records)
    }

    @Test func `numbers are given back with their zeros and lengths`() throws {
        let values = [
            "0", "00", "007", "7", "999999999999999999", "9999999999999999999", "-1", "1e5",
        ]
        for column in [values, ["5", "3", "1"], ["5", "5", "5"], ["x1", "x1", "x2", "x2", "x1"]] {
            let records = column.enumerated().map { record(Int64($0), "value \($1) end") }
            let sealed = try LogSegment.encode(records)
            #expect(try LogSegment.decode(sealed.bytes[...]) == records)
        }
    }

    @Test func `what is beyond the limits is refused`() {
        #expect(code([]) == .invalidInput)
        let message = String(repeating: "m", count: Limits.logMessageBytes)
        let field = String(repeating: "h", count: Limits.logFieldBytes)
        #expect(code([record(0, message, host: field)]) == nil)
        #expect(code([record(0, message + "m")]) == .aboveLimit)
        #expect(code([record(0, "", host: field + "h")]) == .aboveLimit)
        #expect(code([record(0, "a\0b")]) == .invalidInput)
        #expect(code([record(0), record(7_200_000)]) == nil)
        #expect(code([record(0), record(7_200_001)]) == .tooLarge)
        #expect(code([record(.min), record(.max)]) == .tooLarge)
        #expect(code([record(.min)]) == nil)
        #expect(code([record(.max)]) == nil)
    }

    @Test func `too many bytes ask to be split`() {
        var generator = SeededGenerator(seed: 7)
        let noise = (Int64(0)..<40).map { index in
            let letters = (0..<20_000).map { _ in
                UInt8.random(in: 0x61...0x7A, using: &generator)
            }
            return record(index, String(decoding: letters, as: UTF8.self))
        }
        #expect(code(noise) == .tooLarge)
        #expect(code(Array(noise.prefix(10))) == nil)
    }
}

import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

struct FrameEncoderTests {
    @Test(arguments: FrameSamples.named.indices)
    func `a frame of every kind is read as it was written`(index: Int) throws {
        let frame = FrameSamples.named[index].frame
        var decoder = FrameDecoder()
        decoder.append(FrameEncoder.encode(frame))
        #expect(try decoder.next() == frame)
        #expect(try decoder.next() == nil)
        #expect(decoder.bufferedBytes == 0)
    }

    @Test func `the samples hold every kind of frame`() {
        let kinds = Set(FrameSamples.named.map(\.frame.kind))
        #expect(kinds == Set(FrameKind.allCases))
    }

    @Test func `any frame is read as it was written`() throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "frames"))
        var decoder = FrameDecoder()
        for _ in 0..<5000 {
            let frame = FrameSamples.random(using: &generator)
            decoder.append(FrameEncoder.encode(frame))
            try #require(try decoder.next() == frame)
        }
        #expect(decoder.bufferedBytes == 0)
    }

    @Test func `a full data frame costs at most 16 bytes beyond its payload`() {
        let frame = DataFrame(
            lane: .metrics,
            sequence: 100_000,
            offset: UInt64(Limits.segmentBytes - Limits.framePayloadBytes),
            recordCount: nil,
            payload: [UInt8](repeating: 0, count: Limits.framePayloadBytes)
        )
        let size = FrameEncoder.encode(.data(frame)).count
        #expect(size - Limits.framePayloadBytes <= 16)
    }

    @Test func `a ledger of one content has one form`() {
        let totals: [(Lane, LedgerTotals)] = Lane.allCases.map {
            ($0, LedgerTotals(produced: UInt64($0.rawValue)))
        }
        let forwards = LedgerReport(totals: Dictionary(uniqueKeysWithValues: totals))
        let backwards = LedgerReport(totals: Dictionary(uniqueKeysWithValues: totals.reversed()))
        #expect(FrameEncoder.encode(.ledger(forwards)) == FrameEncoder.encode(.ledger(backwards)))
    }

    @Test func `the longest goodbye that its maker allows is read`() throws {
        let long = String(repeating: "é", count: 4000)
        let frame = Frame.goodbye(Goodbye(code: "refused", message: long, retryAfterSeconds: .max))
        var decoder = FrameDecoder()
        decoder.append(FrameEncoder.encode(frame))
        guard case .goodbye(let read) = try decoder.next() else {
            Issue.record("no goodbye came")
            return
        }
        #expect(long.hasPrefix(read.message))
        #expect(read.message.utf8.count <= ProtocolLimits.goodbyeMessageBytes)
        #expect(read.retryAfterSeconds == 86_400)
    }
}

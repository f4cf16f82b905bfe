import FleetModel
import FleetSeries
import Testing

struct SummarySegmentTests {
    static let example = SummarySegment(
        declarations: [
            Declaration(
                lane: .metrics,
                from: Timestamp(milliseconds: 1_795_254_000_000),
                to: Timestamp(milliseconds: 1_795_257_600_000),
                series: SeriesNumber(3)...SeriesNumber(1487),
                rung: .oneMinute,
                samples: 356_400,
                reason: .budget,
                at: Timestamp(milliseconds: 1_795_258_000_123)
            ),
            Declaration(
                lane: .logs,
                from: Timestamp(milliseconds: .min),
                to: Timestamp(milliseconds: .max),
                rung: nil,
                samples: .max,
                reason: .refused("too long"),
                at: Timestamp(milliseconds: 0)
            ),
            Declaration(
                lane: .metrics,
                from: Timestamp(milliseconds: 0),
                to: Timestamp(milliseconds: 1),
                series: SeriesNumber(0)...SeriesNumber(0),
                was: .quarterHour,
                rung: .raw,
                samples: 0,
                reason: .recalled,
                at: Timestamp(milliseconds: 5)
            ),
        ],
        accounts: [
            DayAccount(
                lane: .metrics,
                day: 20_778,
                produced: 8_553_600,
                degraded: 356_400,
                lost: 0
            ),
            DayAccount(lane: .events, day: -1, produced: .max, degraded: 0, lost: 12),
        ],
        links: [
            LinkReport(
                from: Timestamp(milliseconds: 1_795_254_000_000),
                to: Timestamp(milliseconds: 1_795_257_600_000),
                linkClass: "vsat",
                bytesUp: 1_234_567,
                bytesDown: 89_012,
                connected: .milliseconds(3_540_250),
                costMicros: 6_172_835,
                currency: "USD"
            )
        ]
    )

    @Test func `what a ship tells comes back`() throws {
        let sealed = try Self.example.encode()
        #expect(sealed.recordCount == 6)
        #expect(sealed.first == Timestamp(milliseconds: -86_400_000))
        #expect(try SummarySegment.decode(sealed.bytes[...]) == Self.example)
    }

    @Test func `every reason has a code of its own`() throws {
        let reasons: [Declaration.Reason] = [
            .budget, .disk, .age, .refused(""), .restored, .recalled,
        ]
        let declarations = reasons.map {
            Declaration(
                lane: .metrics,
                from: Timestamp(seconds: 1),
                to: Timestamp(seconds: 2),
                rung: nil,
                samples: 1,
                reason: $0,
                at: Timestamp(seconds: 3)
            )
        }
        let sealed = try SummarySegment(declarations: declarations).encode()
        #expect(try SummarySegment.decode(sealed.bytes[...]).declarations == declarations)
    }

    @Test func `what is beyond the limits is refused`() {
        func code(_ segment: SummarySegment) -> SegmentError.Code? {
            failure { () throws(SegmentError) in _ = try segment.encode() }
        }
        #expect(code(SummarySegment()) == .invalidInput)
        let account = DayAccount(lane: .logs, day: 0, produced: 0, degraded: 0, lost: 0)
        let limit = SummarySegment.recordLimit
        #expect(code(SummarySegment(accounts: Array(repeating: account, count: limit))) == nil)
        #expect(
            code(SummarySegment(accounts: Array(repeating: account, count: limit + 1)))
                == .tooLarge
        )
    }

    @Test func `a declaration takes a few bytes`() throws {
        let declarations = Array(repeating: Self.example.declarations[0], count: 100)
        #expect(try SummarySegment(declarations: declarations).encode().bytes.count < 100)
    }
}

import FleetModel
import FleetTestSupport
import Testing

struct TimestampTests {
    @Test func `a moment before 1970 is floored down, not towards zero`() {
        let minute = Duration.seconds(60)
        #expect(Timestamp(milliseconds: -1).floored(to: minute).milliseconds == -60_000)
        #expect(Timestamp(milliseconds: -60_000).floored(to: minute).milliseconds == -60_000)
        #expect(Timestamp(milliseconds: 59_999).floored(to: minute).milliseconds == 0)
    }

    @Test func `flooring is never later and never a whole interval earlier`() {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "floors"))
        for _ in 0..<5000 {
            let moment = Timestamp(
                milliseconds: .random(
                    in: -1_000_000_000_000_000...1_000_000_000_000_000,
                    using: &generator
                )
            )
            let step = Int64.random(in: 1...100_000_000, using: &generator)
            let floor = moment.floored(to: .milliseconds(step)).milliseconds
            #expect(floor % step == 0)
            #expect((0..<step).contains(moment.milliseconds - floor))
        }
    }

    @Test func `sums and differences stop at the ends of time`() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(last + .seconds(1) == last)
        #expect(first - .seconds(1) == first)
        #expect((last - first).milliseconds == .max)
        #expect((first - last).milliseconds == .min)
    }

    @Test func `the earliest moments can be floored and printed`() {
        let first = Timestamp(milliseconds: .min)
        #expect(first.floored(to: .seconds(86_400)) <= first)
        #expect(!first.description.isEmpty)
        #expect(!Timestamp(milliseconds: .max).description.isEmpty)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_254_788_123, "2026-11-21T09:53:08.123Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a moment is printed in RFC 3339`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }
}

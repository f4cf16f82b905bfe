@testable import CoreHTTP
import FleetModel
import Testing

@Suite struct HumanTextTests {
    @Test(arguments: [
        (0.0, "0 B"), (999, "999 B"), (999.6, "1.0 kB"), (12_400, "12.4 kB"),
        (999_600, "1.0 MB"), (604_211_000, "604 MB"), (-1500, "−1.5 kB"), (.nan, "–"),
        (.infinity, "–"), (1e19, "10000 PB"),
    ])
    func `bytes have three figures or so`(value: Double, text: String) {
        #expect(HumanText.bytes(value) == text)
    }

    @Test(arguments: [
        (0.0, "0 %"), (0.0001, "< 0.1 %"), (0.034, "3.4 %"), (0.42, "42 %"), (0.956, "95.6 %"),
        (0.99999, "99.9 %"), (1, "100 %"), (1.2, "120 %"), (.nan, "–"),
    ])
    func `a share is never rounded to none or all`(share: Double, text: String) {
        #expect(HumanText.percent(share) == text)
    }

    @Test func `digits stand in groups of three`() {
        #expect(HumanText.count(0) == "0")
        #expect(HumanText.count(999) == "999")
        #expect(HumanText.count(1_204_233) == "1,204,233")
        #expect(HumanText.count(UInt64.max) == "18,446,744,073,709,551,615")
        #expect(HumanText.count(Int64.min) == "−9,223,372,036,854,775,808")
        #expect(HumanText.count(1, of: "ship") == "1 ship")
        #expect(HumanText.count(0, of: "ship") == "0 ships")
    }

    @Test(arguments: [
        (0, "0 s"), (119, "119 s"), (120, "2 min"), (3600, "1 h"), (7199, "119 min"),
        (7200, "2 h"), (86_400, "24 h"), (7 * 86_400, "7 d"), (400 * 86_400, "400 d"),
    ])
    func `a duration is in one unit`(seconds: Int, text: String) {
        #expect(HumanText.duration(.seconds(seconds)) == text)
    }

    @Test func `moments are in UTC, or as long ago`() {
        let moment = Timestamp(milliseconds: 1_795_262_581_999)

        #expect(HumanText.date(moment) == "21 Nov 2026 12:03")
        #expect(HumanText.shortDate(moment) == "21 Nov 12:03")
        #expect(HumanText.date(Timestamp(milliseconds: -1)) == "31 Dec 1969 23:59")
        #expect(HumanText.ago(moment, now: moment + .seconds(59)) == "just now")
        #expect(HumanText.ago(moment, now: moment + .seconds(185)) == "3 min ago")
        #expect(HumanText.ago(moment, now: moment - .seconds(500)) == "just now")
    }

    @Test func `no extreme of a moment or a duration traps`() {
        for milliseconds in [Int64.min, .max] {
            _ = HumanText.date(Timestamp(milliseconds: milliseconds))
            _ = HumanText.duration(.milliseconds(milliseconds))
            _ = HumanText.clock(.milliseconds(milliseconds))
        }
    }
}

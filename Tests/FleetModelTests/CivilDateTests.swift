import FleetModel
import Testing

struct CivilDateTests {
    @Test func `every day of two centuries and their leap years follows the one before`() {
        var expected = (year: Int64(1899), month: Int64(1), day: Int64(1))
        let first = CivilDate.dayNumber(year: 1899, month: 1, day: 1) ?? 0
        for number in first..<(first + 80_000) {
            #expect(CivilDate.of(dayNumber: number) == expected)
            #expect(
                CivilDate.dayNumber(year: expected.year, month: expected.month, day: expected.day)
                    == number
            )
            expected.day += 1
            if expected.day > days(in: expected.month, of: expected.year) {
                (expected.day, expected.month) = (1, expected.month + 1)
            }
            if expected.month > 12 { (expected.month, expected.year) = (1, expected.year + 1) }
        }
    }

    private func days(in month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    @Test(arguments: [
        (0, 1, 1), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 4, 31), (2026, 1, 0),
    ])
    func `a day that is not of the calendar has no number`(year: Int64, month: Int64, day: Int64) {
        #expect(CivilDate.dayNumber(year: year, month: month, day: day) == nil)
    }
}

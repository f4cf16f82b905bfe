import FleetModel
import FleetTestSupport
import Testing

struct TimestampParsingTests {
    @Test func `any moment of the years 1 to 9999 is read as it was printed`() {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "moments"))
        for _ in 0..<20_000 {
            let moment = Timestamp(
                milliseconds: .random(
                    in: -62_135_596_800_000...253_402_300_799_999,
                    using: &generator
                )
            )
            #expect(Timestamp(parsing: moment.description) == moment)
        }
    }

    @Test(arguments: [
        ("2026-11-21T12:22:38Z", Int64(1_795_263_758_000)),
        ("2026-11-21t12:22:38z", 1_795_263_758_000),
        ("2026-11-21 12:22:38Z", 1_795_263_758_000),
        ("2026-11-21T14:22:38+02:00", 1_795_263_758_000),
        ("2026-11-21T08:52:38-03:30", 1_795_263_758_000),
        ("2026-11-21T12:22:38.1Z", 1_795_263_758_100),
        ("2026-11-21T12:22:38.123456789Z", 1_795_263_758_123),
        ("2026-11-21", 1_795_219_200_000),
        ("2024-02-29", 1_709_164_800_000),
        ("1795263758", 1_795_263_758_000),
        ("1795263758.5", 1_795_263_758_500),
        ("-1.5", -1500),
    ])
    func `a time is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(parsing: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "now", "nan", "inf", "1e300", "2026-11", "2026-13-01", "2026-00-10", "2026-11-31",
        "2023-02-29", "1900-02-29", "0000-01-01", "2026-11-21T12:22", "2026-11-21T12:22:38",
        "2026-11-21T24:00:00Z", "2026-11-21T12:60:00Z", "2026-11-21T12:22:61Z",
        "2026-11-21T12:22:38.Z", "2026-11-21T12:22:38.1234567890Z", "2026-11-21T12:22:38+0200",
        "2026-11-21T12:22:38+24:00", "2026-11-21T12:22:38Zz", "2026/11/21", "2026-11-2a",
        "+026-11-21", "2026-11-21x12:22:38Z", "２０２６-11-21",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }
}

import FleetModel
import FleetSeries

/// Log records for tests.
enum LogMaker {
    private static let words = [
        "pump", "valve", "started", "stopped", "pressure", "\u{E9}tat", "e\u{301}tat", "\u{1F6A2}",
        "0x1f", "10.0.0.7", "007", "99999999999999999999", "\u{1A}", "a\nb", "\t", "session", "",
    ]

    /// Anything that a record may hold, without pattern.
    static func records(count: Int, seed: UInt64) -> [LogRecord] {
        var generator = SeededGenerator(seed: seed)
        func word() -> String { words.randomElement(using: &generator) ?? "" }
        func sentence() -> String {
            (0..<Int.random(in: 0...12, using: &generator)).map { _ in word() }
                .joined(separator: " ")
        }
        return (0..<count).map { index in
            LogRecord(
                at: Timestamp(
                    milliseconds: 1_795_254_788_000
                        + Int64.random(in: 0...7_200_000, using: &generator)
                ),
                severity: LogRecord.Severity.allCases.randomElement(using: &generator) ?? .error,
                facility: UInt8.random(in: 0...23, using: &generator),
                host: word(),
                app: word(),
                procid: "\(index % 7)",
                msgid: word(),
                structured: LabelSet(
                    (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                        LabelSet.Label(word(), sentence())
                    }
                ),
                message: sentence()
            )
        }
    }

    /// What daemons log: few sentences with numbers in them, a second apart.
    static func repetitive(count: Int) -> [LogRecord] {
        (0..<count).map { index in
            let (app, message) =
                switch index % 5 {
                case 0:
                    (
                        "sshd",
                        "Connection from 10.0.\(index % 3).\(index) port \(50_000 + index * 7)"
                    )
                case 1: ("kernel", "eth0: link up, \(index % 2 == 0 ? 100 : 1000) Mbit/s")
                case 2: ("engine", "cylinder \(index % 8) exhaust \(380 + index * 13 % 17) deg C")
                case 3:
                    (
                        "engine",
                        "lube oil 0\(index % 10) pressure low: 0x\(String(index * 999, radix: 16))"
                    )
                default: ("cron", "(root) CMD (run-parts)")
                }
            return LogRecord(
                at: Timestamp(seconds: 1_795_254_788 + Int64(index)),
                severity: index % 5 == 3 ? .warning : .informational,
                facility: 3,
                host: "engine-room",
                app: app,
                procid: app == "kernel" ? "" : "\(700 + index % 5)",
                message: message
            )
        }
    }

    /// Where a log segment's body begins.
    static func headerCount(of segment: [UInt8]) -> Int {
        var place = 5
        for _ in 0..<3 {
            while segment[place] >= 0x80 { place += 1 }
            place += 1
        }
        return place
    }
}

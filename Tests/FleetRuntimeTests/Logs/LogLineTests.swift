import FleetModel
import FleetRuntime
import Logging
import Testing

@Suite struct LogLineTests {
    private func record(
        _ message: String,
        level: Logger.Level = .info,
        _ metadata: Logger.Metadata = [:]
    ) -> LogLine {
        LogLine(
            time: Timestamp(milliseconds: 1_795_262_400_123),
            level: level,
            label: "sync",
            message: message,
            metadata: metadata
        )
    }

    @Test func `a text line has time, level, label, message and sorted metadata`() {
        let line = record(
            "link is up",
            [LogKey.ship: "aurora", LogKey.bytes: .stringConvertible(12), LogKey.reason: "a b"]
        ).line(.text)

        #expect(
            line
                == #"2026-11-21T12:00:00.123Z info  [sync] link is up bytes=12 reason="a b" ship=aurora"#
        )
    }

    @Test func `longer level names are not cut`() {
        #expect(record("x", level: .critical).line(.text).contains(" critical [sync] x"))
    }

    @Test func `nothing a stranger sends can start a new line or steer a terminal`() {
        let hostile = "a\nb\r\u{1B}[31m\u{2028}\u{85}"

        for format in LogFormat.allCases {
            let line = record(hostile, ["name": .string(hostile)]).line(format)
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x2028 })
            #expect(line.contains(#"a\nb\r\u001b[31m\u2028\u0085"#))
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("", #""""#), ("a b", #""a b""#), ("a=b", #""a=b""#),
        (#"a"b"#, #""a\"b""#), ("ä", "ä"), ("1\t2", #""1\t2""#),
    ])
    func `a value is quoted where it must be`(value: String, written: String) {
        #expect(record("x", ["key": .string(value)]).line(.text).hasSuffix(" key=\(written)"))
    }

    @Test func `a JSON line keeps numbers, lists and maps`() {
        let line = record(
            #"say "hi""#,
            [
                "bytes": .stringConvertible(12), "ok": .stringConvertible(true),
                "lanes": ["events", "logs"], "map": ["b": "2", "a": "1"], "level": "taken",
            ]
        ).line(.json)

        let expected =
            #"{"time":"2026-11-21T12:00:00.123Z","level":"info","label":"sync","#
            + #""message":"say \"hi\"","bytes":12,"lanes":["events","logs"],"#
            + #""metadata.level":"taken","map":{"a":"1","b":"2"},"ok":true}"#
        #expect(line == expected)
    }
}

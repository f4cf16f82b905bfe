import FleetModel
import Testing

@testable import ShipDomain

@Suite struct RecordedLineParserTests {
    private func parse(_ text: String) throws -> RecordedScrape {
        try RecordedLineParser.parse(Array(text.utf8), line: 3)
    }

    @Test(arguments: [
        (#"{"t":1,"us":2,"b":""}"#, ""),
        (#" { "b" : "x" , "us" : 2 , "t" : 1 } "#, "x"),
        (#"{"t":1,"us":2,"b":"a\"\\\/\b\f\n\r\tz"}"#, "a\"\\/\u{8}\u{c}\n\r\tz"),
        (#"{"t":1,"us":2,"b":"\u0041\u00e9\u20AC\uD83D\ude80"}"#, "Aé€🚀"),
        (#"{"t":1,"us":2,"b":"\u0000é🚀"}"#, "\u{0}é🚀"),
        (#"{"v":[],"w":{},"x":[[1,-2.5e-3],{"t":5,"b":"]"}],"t":1,"y":"\"}","us":2,"b":"x"}"#, "x"),
        (#"{"n":null,"f":false,"t":1,"us":2,"b":"x"}"#, "x"),
    ])
    func `a line of this shape is read`(text: String, body: String) throws {
        let scrape = try parse(text)
        #expect(scrape.at.milliseconds == 1)
        #expect(scrape.durationMicroseconds == 2)
        #expect(scrape.result == .body(Array(body.utf8)))
        #expect(scrape.line == 3)
    }

    @Test func `numbers keep every digit`() throws {
        let scrape = try parse(
            #"{"t":-9223372036854775808,"us":9223372036854775807,"e":"gone"}"#
        )
        #expect(scrape.at.milliseconds == .min)
        #expect(scrape.durationMicroseconds == .max)
        #expect(scrape.result == .failure("gone"))
    }

    @Test(arguments: [
        "", "null", "[]", "{", "{}", "{\"t\"", #"{"t":1}"#, #"{"t":1,"us":2}"#,
        #"{"us":2,"b":"x"}"#, #"{"t":1,"b":"x"}"#, #"{"t":1,"us":2,"b":"x""#,
        #"{"t":1,"us":2,"b":"x"}}"#, #"{"t":1,"us":2,"b":"x"} {"#, #"{"t":1,"us":2,"b":"x",}"#,
        #"{"t":1,"us":2,"b":"x","e":"y"}"#, #"{"t":1,"us":2,"b":"x","b":"y"}"#,
        #"{"t":1,"t":1,"us":2,"b":"x"}"#, #"{"t":1.0,"us":2,"b":"x"}"#,
        #"{"t":1e3,"us":2,"b":"x"}"#, #"{"t":01,"us":2,"b":"x"}"#, #"{"t":"1","us":2,"b":"x"}"#,
        #"{"t":9223372036854775808,"us":2,"b":"x"}"#, #"{"t":-,"us":2,"b":"x"}"#,
        #"{"t":1,"us":2,"b":1}"#, #"{"t":1,"us":2,"b":null}"#, #"{"t":1,"us":2,"b":"x}"#,
        #"{"t":1,"us":2,"b":"\x"}"#, #"{"t":1,"us":2,"b":"\u00g0"}"#, #"{"t":1,"us":2,"b":"\u00"}"#,
        #"{"t":1,"us":2,"b":"\ud83d"}"#, #"{"t":1,"us":2,"b":"\ud83dx"}"#,
        #"{"t":1,"us":2,"b":"\ud83d\u0041"}"#, #"{"t":1,"us":2,"b":"\ude80"}"#,
        #"{"t":1,"us":2,"b":"\"#, "{\"t\":1,\"us\":2,\"b\":\"a\u{9}b\"}",
        "{\"t\":1,\"us\":2,\"b\":\"a\nb\"}", #"{"x":nul,"t":1,"us":2,"b":"x"}"#,
        #"{"x":infinity,"t":1,"us":2,"b":"x"}"#, #"{"x":[1,],"t":1,"us":2,"b":"x"}"#,
        #"{'t':1,"us":2,"b":"x"}"#, #"{t:1,"us":2,"b":"x"}"#, #"{"t":1 "us":2,"b":"x"}"#,
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: RecordedLineParser.Fault.self) { try parse(text) }
    }

    @Test func `nesting is limited`() throws {
        func line(_ depth: Int) -> String {
            let open = String(repeating: "[", count: depth)
            return
                "{\"x\":\(open)\(String(repeating: "]", count: depth)),\"t\":1,\"us\":2,\"b\":\"\"}"
        }
        _ = try parse(line(ReplayLimits.depth))
        #expect(throws: RecordedLineParser.Fault.self) { try parse(line(ReplayLimits.depth + 1)) }
        #expect(throws: RecordedLineParser.Fault.self) { try parse(line(1_000_000)) }
    }

    @Test func `no bytes make it trap`() {
        var numbers = SeededNumbers()
        let sound = Array(#"{"t":1,"us":2,"x":[{"a":1}],"b":"a\"\\\u00e9\ud83d\ude80z"}"#.utf8)
        for _ in 0..<50_000 {
            var line = sound
            for _ in 0...numbers.next() % 3 where !line.isEmpty {
                let place = Int(numbers.next() % UInt64(line.count))
                switch numbers.next() % 3 {
                case 0: line[place] = UInt8(truncatingIfNeeded: numbers.next())
                case 1: line.remove(at: place)
                default: line.removeSubrange(place...)
                }
            }
            _ = try? RecordedLineParser.parse(line, line: 1)
        }
    }
}

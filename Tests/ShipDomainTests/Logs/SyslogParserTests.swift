import FleetModel
import FleetTestSupport
import ShipDomain
import Testing

struct SyslogParserTests {
    private static let now = Timestamp(milliseconds: 1_795_254_788_000)

    private func parse(_ text: String, limit: Int = 8192) -> LogRecord {
        SyslogParser(messageLimit: limit).record(
            Array(text.utf8),
            from: "10.0.0.9",
            at: Self.now
        )
    }

    @Test func `the examples of RFC 5424 are read`() {
        let first = parse(
            "<34>1 2026-11-20T22:14:15.003Z mymachine.example.com su - ID47 - "
                + "\u{FEFF}'su root' failed for lonvick on /dev/pts/8"
        )
        #expect(first.facility == 4)
        #expect(first.severity == .critical)
        #expect(first.at.description == "2026-11-20T22:14:15.003Z")
        #expect(first.host == "mymachine.example.com")
        #expect(first.app == "su")
        #expect(first.procid == "")
        #expect(first.msgid == "ID47")
        #expect(first.message == "'su root' failed for lonvick on /dev/pts/8")

        let second = parse(
            "<165>1 2026-11-20T22:14:15.003-07:00 192.0.2.1 myproc 8710 - "
                + #"[exampleSDID@32473 iut="3" eventSource="App\"lication\]"][x@1 a="1" a="2"] text"#
        )
        #expect(second.at.description == "2026-11-21T05:14:15.003Z")
        #expect(second.procid == "8710")
        #expect(second.structured["exampleSDID@32473.eventSource"] == #"App"lication]"#)
        #expect(second.structured["x@1.a"] == "1,2")
        #expect(second.message == "text")

        let bare = parse("<0>1 - - - - - -")
        #expect(bare.severity == .emergency)
        #expect(bare.at == Self.now)
        #expect(bare.host == "10.0.0.9")
        #expect(bare.message == "")
    }

    @Test func `what old senders say is read`() {
        let old = parse("<13>Nov 21 15:44:58 bridge sshd[812]: Accepted publickey for root\n")
        #expect(old.at == Self.now, "it names no year and no zone")
        #expect(old.host == "bridge")
        #expect(old.app == "sshd")
        #expect(old.procid == "812")
        #expect(old.message == "Accepted publickey for root")

        let hostless = parse("<28>Nov  1 05:04:58 dhcpd: no free leases")
        #expect(hostless.host == "10.0.0.9")
        #expect(hostless.app == "dhcpd")
        #expect(hostless.severity == .warning)

        let forwarded = parse("<13>2026-11-21T09:00:00.5+00:00 radar app: a: b")
        #expect(forwarded.at.description == "2026-11-21T09:00:00.500Z")
        #expect(forwarded.host == "radar")
        #expect(forwarded.app == "app")
        #expect(forwarded.message == "a: b")

        #expect(parse("<13>tag: hello").app == "tag")
        #expect(parse("<13>hello world").message == "hello world")
    }

    @Test(arguments: [
        "", "<", "<>", "<192>x", "<1234>x", "<13", "plain text", "<13>1 ", "<13>1 x y",
        "<13>1 2026-11-20T22:14:15Z h a p m [unclosed", "<13>1 - - - - - [a b=\"c] d",
        "<13>Nov 21 15:44:58 ",
    ])
    func `what has no known form is kept as it is`(text: String) {
        let record = parse(text)
        #expect(record.host == "10.0.0.9")
        let inner = text.hasPrefix("<13>") ? String(text.dropFirst(4)) : text
        #expect(inner.hasSuffix(record.message))
        #expect(record.at == Self.now)
    }

    @Test func `a clock that is far off is not believed, and what it said is kept`() {
        let future = parse("<13>1 2037-01-01T00:00:00Z h a - - - m")
        #expect(future.at == Self.now)
        #expect(future.structured["hawser.timestamp"] == "2037-01-01T00:00:00Z")
        let past = parse("<13>1 1970-01-01T00:00:00Z h a - - - m")
        #expect(past.at == Self.now)
    }

    @Test func `a long message is cut at a character and says so`() {
        let record = parse(
            "<13>1 - h a - - - " + String(repeating: "\u{1F6A2}", count: 10),
            limit: 10
        )
        #expect(record.message == "\u{1F6A2}\u{1F6A2}")
        #expect(record.structured[LogRecord.truncatedLabel] == "40")
    }

    @Test func `no bytes make the parser trap, and all it gives can be stored`() {
        var generator = SeededGenerator(seed: 20_261_121)
        let seeds = [
            "<165>1 2026-11-20T22:14:15.003-07:00 h a 1 m [a@1 b=\"c\\\"d\"][e f=\"\"] text",
            "<13>Nov 21 15:44:58 bridge sshd[812]: Accepted publickey",
        ].map { Array($0.utf8) }
        let parser = SyslogParser(messageLimit: 64)
        for _ in 0..<20_000 {
            var bytes = seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                let place = bytes.indices.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
                default: bytes.removeLast(min(bytes.count - 1, bytes.count - place))
                }
            }
            let record = parser.record(bytes, from: "x", at: Self.now)
            #expect(record.message.utf8.count <= 64)
            #expect(record.host.utf8.count <= Limits.logFieldBytes)
            #expect(!record.message.utf8.contains(0))
        }
    }
}

import FleetModel
import ShipDomain
import Testing

struct JSONLogLineTests {
    private static let now = Timestamp(milliseconds: 1_795_254_788_000)

    private func read(_ line: String) throws -> LogRecord {
        try JSONLogLine.record(Array(line.utf8), from: "10.0.0.9", at: Self.now, limit: 8192)
    }

    @Test func `the usual names are understood, and the rest is kept`() throws {
        let record = try read(
            """
            {"time":"2026-11-21T09:00:00Z","level":"WARN","host":"radar","logger":"sweep","pid":7,\
            "msg":"lost","bearing":12.5,"ok":false,"none":null,"at":{"deck":3,"l":["a"]}}
            """
        )
        #expect(record.at.description == "2026-11-21T09:00:00.000Z")
        #expect(record.severity == .warning)
        #expect(record.host == "radar")
        #expect(record.app == "sweep")
        #expect(record.procid == "7")
        #expect(record.message == "lost")
        let expected = LabelSet(
            [("at.deck", "3"), ("at.l.0", "a"), ("bearing", "12.5"), ("ok", "false")]
                .map { LabelSet.Label($0.0, $0.1) }
        )
        #expect(record.structured == expected)
    }

    @Test func `a bare message gets what is known otherwise`() throws {
        let record = try read(#"{"message":"a\u0000b","ts":1795254787.5}"#)
        #expect(record.at == Self.now - .milliseconds(500))
        #expect(record.severity == .informational)
        #expect(record.host == "10.0.0.9")
        #expect(record.message == "a\u{FFFD}b")
    }

    @Test(arguments: [
        "", "x", "[]", "{}", #"{"msg":{}}"#, #"{"message":"m","severity":"loud"}"#,
        #"{"message":"m","time":"yesterday"}"#, #"{"message":"m"} {"message":"n"}"#,
    ])
    func `what is no record is refused`(line: String) {
        #expect(throws: JSONLogLine.Malformed.self) { try read(line) }
    }
}

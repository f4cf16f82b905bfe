import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LogsTests {
    private static let day = try? TimeRange(
        from: Shore.now - .seconds(86_400),
        to: Shore.now + .seconds(60)
    )

    private func record(
        secondsAgo: Int64,
        _ message: String,
        severity: LogRecord.Severity = .informational,
        app: String = "app"
    ) -> LogRecord {
        LogRecord(
            at: Shore.now - .seconds(secondsAgo),
            severity: severity,
            host: "bridge",
            app: app,
            message: message
        )
    }

    private func segment(
        _ sequence: UInt64,
        _ records: [LogRecord]
    ) throws -> ReceiveSession.Segment {
        let sealed = try LogSegment.encode(records)
        return ReceiveSession.Segment(
            lane: .logs,
            sequence: sequence,
            recordCount: UInt64(sealed.recordCount),
            bytes: sealed.bytes
        )
    }

    /// All parts of an answer, one behind the other.
    private func read(
        _ shore: Shore,
        _ ship: ShipIdentity,
        _ query: String = "",
        severity: LogRecord.Severity = .debug,
        limit: Int = 1000,
        range: TimeRange? = day
    ) async throws -> (messages: [String], parts: Int) {
        var messages: [String] = []
        var cursor: LogCursor?
        var parts = 0
        repeat {
            let page = try await Logs(pool: shore.pool).page(
                of: ship,
                LogRequest(
                    terms: LogTerms(query),
                    mildest: severity,
                    range: #require(range),
                    limit: limit,
                    after: cursor
                )
            )
            #expect(page.records.count <= limit)
            messages += page.records.map(\.message)
            cursor = try page.next.map { try LogCursor(parsing: $0.description) }
            parts += 1
            try #require(parts < 10_000)
        } while cursor != nil
        return (messages, parts)
    }

    @Test func `records are stored once, and are there newest first`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            var segments: [ReceiveSession.Segment] = []
            for index in 0..<5 {
                var records: [LogRecord] = []
                for number in 0..<10 {
                    let age = Int64(1000 - index * 100 - number)
                    records.append(record(secondsAgo: age, "\(index).\(number)"))
                }
                segments.append(try segment(UInt64(index), records))
            }
            _ = try await session.commit(segments, partials: [])
            let again = try await session.commit(segments, partials: [])
            #expect(again.badSegment == nil)
            let other = try await shore.open(ship)
            _ = try await other.commit(segments, partials: [])
            var expected: [String] = []
            for index in 0..<5 {
                for number in 0..<10 { expected.insert("\(index).\(number)", at: 0) }
            }
            #expect(try await read(shore, ship.identity).messages == expected)
            #expect(try await read(shore, ship.identity, limit: 7).messages == expected)
            let stored = try await shore.number(
                "SELECT stored_records FROM hawser.lane_positions WHERE lane = 5"
            )
            #expect(stored == 50)
        }
    }

    @Test func `segments that overlap in time are merged, whatever the size of a part`()
        async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            var generator = SeededGenerator(seed: 11)
            var all: [LogRecord] = []
            var segments: [ReceiveSession.Segment] = []
            for sequence in 0..<30 {
                let start = Int64.random(in: 7200...80_000, using: &generator)
                let records = (0..<Int.random(in: 1...40, using: &generator)).map { index in
                    record(
                        secondsAgo: start - Int64.random(in: 0...7000, using: &generator),
                        "\(sequence)/\(index)",
                        severity: LogRecord.Severity.allCases.randomElement(using: &generator)
                            ?? .error
                    )
                }.sorted { $0.at < $1.at }
                all += records
                segments.append(try segment(UInt64(sequence), records))
            }
            _ = try await session.commit(segments, partials: [])
            for limit in [1, 3, 50, 1000] {
                let found = try await read(shore, ship.identity, limit: limit).messages
                #expect(found.count == all.count, "limit \(limit)")
                let times = found.compactMap { message in
                    all.first { $0.message == message }?.at.milliseconds
                }
                #expect(times == times.sorted(by: >))
                #expect(Set(found) == Set(all.map(\.message)))
            }
            let grave = try await read(shore, ship.identity, severity: .error, limit: 9).messages
            #expect(Set(grave) == Set(all.filter { $0.severity <= .error }.map(\.message)))
            let range = try TimeRange(
                from: Shore.now - .seconds(40_000),
                to: Shore.now - .seconds(20_000)
            )
            let some = try await read(shore, ship.identity, limit: 9, range: range).messages
            let expected = all.filter { $0.at >= range.from && $0.at < range.to }.map(\.message)
            #expect(Set(some) == Set(expected))
            #expect(some.count == expected.count)
        }
    }

    @Test func `a search finds words and phrases wherever they stand, capitals or not`()
        async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            let records = [
                record(secondsAgo: 50, "Lube oil pressure LOW on engine 2"),
                record(secondsAgo: 40, "oil mist detector ok", app: "Mist-Detector"),
                record(secondsAgo: 30, "low battery: caf\u{E9} 10.0.0.7"),
                record(secondsAgo: 20, "nothing to see"),
            ]
            let segments = try records.enumerated().map { try segment(UInt64($0), [$1]) }
            _ = try await session.commit(segments, partials: [])
            func find(_ query: String) async throws -> [String] {
                try await read(shore, ship.identity, query).messages
            }
            #expect(try await find("low") == [records[2].message, records[0].message])
            #expect(try await find("OIL low") == [records[0].message])
            #expect(try await find("\"oil pressure\"") == [records[0].message])
            #expect(try await find("\"pressure oil\"") == [])
            #expect(try await find("mist-detector") == [records[1].message])
            #expect(try await find("0.0.7") == [records[2].message])
            #expect(try await find("caf\u{E9}") == [records[2].message])
            #expect(
                try await find("o") == records.map(\.message).reversed().filter { $0.contains("o") }
            )
            #expect(try await find("bridge").count == 4)
            #expect(try await find("absent") == [])
        }
    }

    @Test func `a search passes over blocks that can't hold the word`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            var segments: [ReceiveSession.Segment] = []
            for index in 0..<40 {
                var records: [LogRecord] = []
                for number in 0..<20 {
                    let isNeedle = index == 3 && number == 5
                    let message = isNeedle ? "the needle" : "message \(index * 31 + number)"
                    let age = Int64(4000 - index * 100 - number)
                    records.append(record(secondsAgo: age, message))
                }
                segments.append(try segment(UInt64(index), records))
            }
            _ = try await session.commit(segments, partials: [])
            // Blocks that were opened would fail now.
            try await shore.run("UPDATE hawser.log_blocks SET body = '\\x00' WHERE sequence <> 3")
            let found = try await read(shore, ship.identity, "needle").messages
            #expect(found == ["the needle"])
        }
    }

    @Test func `a search goes through as much as it may at once, and its parts miss nothing`()
        async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            var segments: [ReceiveSession.Segment] = []
            for index in 0..<1300 {
                let entry = record(secondsAgo: Int64(2000 - index), "e\(index % 650)")
                segments.append(try segment(UInt64(index), [entry]))
            }
            _ = try await session.commit(segments, partials: [])
            // Too short a word for the filter: every block must be opened, 512 at a time.
            let (found, parts) = try await read(shore, ship.identity, "e7")
            let all: [String] = (0..<1300).map { "e\($0 % 650)" }
            let expected: [String] = all.reversed().filter { $0.contains("e7") }
            #expect(found == expected)
            #expect(parts >= 3)
        }
    }

    @Test func `one tenant's records are not another's`() async throws {
        try await withShore { shore in
            let mine = try await shore.ship(tenant: "acme", "aurora")
            let other = try await shore.ship(tenant: "blue", "aurora")
            let session = try await shore.open(mine)
            _ = try await session.commit(
                [segment(0, [record(secondsAgo: 5, "mine")])],
                partials: []
            )
            #expect(try await read(shore, mine.identity).messages == ["mine"])
            #expect(try await read(shore, other.identity).messages == [])
            let foreign = ShipIdentity(tenant: other.identity.tenant, ship: mine.identity.ship)
            #expect(try await read(shore, foreign).messages == [])
        }
    }

    @Test func `a damaged segment is set aside and the lane goes on`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            let good = try segment(1, [record(secondsAgo: 5, "good")])
            var bytes = try segment(0, [record(secondsAgo: 9, "bad")]).bytes
            bytes[bytes.count - 6] ^= 1
            let bad = ReceiveSession.Segment(
                lane: .logs,
                sequence: 0,
                recordCount: 1,
                bytes: bytes
            )
            let outcome = try await session.commit([bad, good], partials: [])
            #expect(outcome.badSegment != nil)
            #expect(try await read(shore, ship.identity).messages == ["good"])
            let lied = ReceiveSession.Segment(
                lane: .logs,
                sequence: 2,
                recordCount: 7,
                bytes: try segment(2, [record(secondsAgo: 5, "one, not seven")]).bytes
            )
            #expect(try await session.commit([lied], partials: []).badSegment?.code == .malformed)
        }
    }

    @Test(arguments: [
        "\"open", String(repeating: "x", count: 257), "a b c d e f g h i j k l m n o p q",
    ])
    func `a query that is too much is refused`(query: String) {
        #expect(throws: DomainError.self) { try LogTerms(query) }
    }

    @Test(arguments: ["", "1.2.3", "a.b.c.d", "1.2.3.4.5"])
    func `a cursor that we did not make is refused`(text: String) {
        #expect(throws: DomainError.self) { try LogCursor(parsing: text) }
    }
}

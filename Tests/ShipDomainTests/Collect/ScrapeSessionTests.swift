import FleetModel
import ShipDomain
import Testing

@Suite struct ScrapeSessionTests {
    @Test func `a scrape gives up and its samples at the time of the scrape`() throws {
        let target = ScrapedTarget()
        let outcome = try target.scraped("# TYPE a counter\na 1\nb{c=\"d\"} 2\n", at: 10)
        #expect(target.shown(outcome) == ["10: up 1.0, a 1.0, b{c=\"d\"} 2.0"])
        #expect(outcome.up)
        #expect(outcome.sampleCount == 2)
        #expect(outcome.newSeries == 3)
        #expect(outcome.staleMarkers == 0)
        #expect(outcome.problem == nil)
        #expect(outcome.batches.map(\.group) == [7])
        #expect(target.kinds == [.gauge, .counter, .unknown])
        #expect(target.live == ["a", "b", "up"])
    }

    @Test func `the catalogue is asked once per scrape and only about new series`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\nb 2\n", at: 10)
        _ = try target.scraped("a 1\nb 2\n", at: 20)
        _ = try target.scraped("c 1\na 1\nb 2\nd 4\n", at: 30)
        let outcome = try target.scraped("a 5\nd 1\nb 2\nc 4\n", at: 40)
        #expect(target.asked == [3, 2])
        #expect(target.shown(outcome) == ["40: up 1.0, a 5.0, d 1.0, b 2.0, c 4.0"])
        #expect(outcome.newSeries == 0)
    }

    @Test func `a series that is gone ends with one staleness marker`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\nb 2\nc 3\n", at: 10)
        let second = try target.scraped("a 1\n", at: 20)
        #expect(target.shown(second) == ["20: up 1.0, a 1.0, b stale, c stale"])
        #expect(second.staleMarkers == 2)
        #expect(second.sampleCount == 1)
        #expect(second.batches[0].values[2].bitPattern == StaleMarker.bits)
        let third = try target.scraped("a 1\nc 3\n", at: 30)
        #expect(target.shown(third) == ["30: up 1.0, a 1.0, c 3.0"])
        #expect(target.live == ["a", "c", "up"])
        #expect(target.asked == [4])
    }

    @Test func `an empty body is a success without series`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        let outcome = try target.scraped("", at: 20)
        #expect(outcome.up)
        #expect(target.shown(outcome) == ["20: up 1.0, a stale"])
    }

    @Test func `a failed scrape says so and ends all series once`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\nb 2\n", at: 10)
        let first = try target.failed(at: 20)
        #expect(target.shown(first) == ["20: up 0.0, a stale, b stale"])
        #expect(!first.up)
        #expect(first.sampleCount == 0)
        #expect(first.staleMarkers == 2)
        #expect(first.problem == "connection refused")
        #expect(target.live == ["up"])
        #expect(target.shown(try target.failed(at: 30)) == ["30: up 0.0"])
        let again = try target.scraped("a 1\nb 2\n", at: 40)
        #expect(target.shown(again) == ["40: up 1.0, a 1.0, b 2.0"])
        #expect(target.asked == [3])
    }

    @Test func `a target that never answered has up 0`() throws {
        let target = ScrapedTarget()
        #expect(target.shown(try target.failed(at: 10)) == ["10: up 0.0"])
        #expect(target.shown(try target.scraped("a 1\n", at: 20)) == ["20: up 1.0, a 1.0"])
        #expect(target.asked == [1, 1])
    }

    @Test func `a malformed body is a failed scrape and nothing of it is kept`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        let outcome = try target.scraped("a 2\nnew 1\nb{ 3\n", at: 20)
        #expect(target.shown(outcome) == ["20: up 0.0, a stale"])
        #expect(outcome.problem?.hasPrefix("line 3: ") == true)
        #expect(target.catalogue.map(\.name) == ["up", "a"])
        #expect(target.session.cachedSeries == 1)
    }

    @Test(arguments: [
        "a 1\nb{c=\"1\",c=\"2\"} 1\n", "a 1\nb{c=\"1\",__name__=\"2\"} 1\n",
        "a 1\nb 1\nc 1\nd 1\n",
    ])
    func `labels that are no set and too many samples are failed scrapes`(body: String) throws {
        let target = ScrapedTarget(sampleLimit: 3)
        let outcome = try target.scraped(body, at: 20)
        #expect(target.shown(outcome) == ["20: up 0.0"])
        #expect(outcome.problem?.hasPrefix("line ") == true)
    }

    @Test func `of a series that occurs twice the first sample is kept`() throws {
        let target = ScrapedTarget()
        for time in [10, 20] as [Int64] {
            let outcome = try target.scraped(
                "a 1\na 2\nb{c=\"1\",d=\"2\"} 3\nb{d=\"2\",c=\"1\"} 4\nb{c=\"1\", d=\"2\"} 5\n",
                at: time
            )
            #expect(target.shown(outcome) == ["\(time): up 1.0, a 1.0, b{c=\"1\",d=\"2\"} 3.0"])
            #expect(outcome.up)
            #expect(outcome.sampleCount == 2)
            #expect(outcome.duplicates == 3)
            #expect(outcome.problem?.hasPrefix("3 samples repeat a series") == true)
        }
        #expect(target.asked == [3])
    }

    @Test func `a series that the exporter writes differently lives on`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("b{c=\"1\",d=\"2\"} 3\n", at: 10)
        let outcome = try target.scraped("b{d=\"2\",c=\"1\"} 4\n", at: 20)
        #expect(target.shown(outcome) == ["20: up 1.0, b{c=\"1\",d=\"2\"} 4.0"])
        #expect(
            target.shown(try target.scraped("", at: 30)) == [
                "30: up 1.0, b{c=\"1\",d=\"2\"} stale"
            ]
        )
    }

    @Test(arguments: [
        ("a {b=\"c\"} 2\n", "a{b=\"c\"} 2.0, a stale"), ("ab 2\n", "ab 2.0, a stale"),
        ("a:b 2\n", "a:b 2.0, a stale"), ("a{} 2\n", "a 2.0"), ("a\t2\n", "a 2.0"),
        ("a  2\n", "a 2.0"), (" a 2\n", "a 2.0"), ("a 2", "a 2.0"),
    ])
    func `a line that only begins like the expected one is read for itself`(
        line: String,
        samples: String
    ) throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        #expect(target.shown(try target.scraped(line, at: 20)) == ["20: up 1.0, \(samples)"])
    }

    @Test(arguments: ["a", "a ", "a \n", "a x\n", "a {\n"])
    func `a broken line that begins like the expected one fails the scrape`(
        line: String
    ) throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        #expect(target.shown(try target.scraped(line, at: 20)) == ["20: up 0.0, a stale"])
    }

    @Test func `an exporter's series that is the target's own up is a duplicate`() throws {
        var session = ScrapeSession(
            target: ScrapeTarget(group: 1, job: "j", instance: "i", honorLabels: true)
        )
        let outcome = try session.scraped(
            Array("up{job=\"j\",instance=\"i\"} 0\n".utf8),
            contentType: nil,
            at: Timestamp(milliseconds: 1)
        ) { asked in
            #expect(asked.count == 1)
            return asked.indices.map { SeriesNumber(UInt32($0)) }
        }
        #expect(outcome.batches.map(\.values) == [[1]])
        #expect(outcome.duplicates == 1)
    }

    @Test func `when the catalogue fails the session is as it was`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\nb 1\n", at: 10)
        target.isCatalogueBroken = true
        #expect(throws: ScrapedTarget.CatalogueFailed.self) {
            try target.scraped("a 1\nc 1\n", at: 20)
        }
        #expect(target.live == ["a", "b", "up"])
        #expect(target.session.cachedSeries == 2)
        target.isCatalogueBroken = false
        let outcome = try target.scraped("a 1\nc 1\n", at: 30)
        #expect(target.shown(outcome) == ["30: up 1.0, a 1.0, c 1.0, b stale"])
        #expect(outcome.newSeries == 1)
    }

    @Test func `a first failure whose up can't be catalogued leaves the session as it was`() throws
    {
        let target = ScrapedTarget()
        target.isCatalogueBroken = true
        #expect(throws: ScrapedTarget.CatalogueFailed.self) { try target.failed(at: 10) }
        target.isCatalogueBroken = false
        #expect(target.shown(try target.failed(at: 20)) == ["20: up 0.0"])
    }

    @Test func `a retired target ends all of its series and up`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        let outcome = target.retired(at: 20)
        #expect(target.shown(outcome) == ["20: up stale, a stale"])
        #expect(outcome.staleMarkers == 2)
        #expect(target.live.isEmpty)
        #expect(target.retired(at: 30).batches.isEmpty)
    }

    @Test func `after a failed scrape a retired target ends up alone`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        _ = try target.failed(at: 20)
        #expect(target.shown(target.retired(at: 30)) == ["30: up stale"])
    }
}

@Suite struct ScrapeSessionRestartTests {
    @Test func `series that went while the agent was down end at the first scrape`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\nb 2\n", at: 10)
        target.restart()
        #expect(target.live == ["a", "b", "up"])
        let outcome = try target.scraped("b 2\nc 3\n", at: 20)
        #expect(target.shown(outcome) == ["20: up 1.0, b 2.0, c 3.0, a stale"])
        #expect(target.live == ["b", "c", "up"])
    }

    @Test func `a target that is down after a restart ends all of its series`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        target.restart()
        #expect(target.shown(try target.failed(at: 20)) == ["20: up 0.0, a stale"])
        target.restart()
        #expect(target.live == ["up"])
    }

    @Test func `a target that was taken away while the agent was down ends with up`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 10)
        target.restart()
        #expect(target.shown(target.retired(at: 20)) == ["20: up stale, a stale"])
    }
}

@Suite struct ScrapeSessionTimestampTests {
    @Test func `samples with timestamps of their own go into batches of their own`() throws {
        let target = ScrapedTarget()
        let outcome = try target.scraped("a 1 300\nb 2\nc 3 200\nd 4 300\ne 5 1000\n", at: 1000)
        #expect(
            target.shown(outcome) == [
                "1000: up 1.0, b 2.0, e 5.0", "200: c 3.0", "300: a 1.0, d 4.0",
            ]
        )
        #expect(outcome.sampleCount == 5)
        #expect(target.live == ["b", "up"])
    }

    @Test func `a series with timestamps of its own gets no staleness marker`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1 300\nb 1 1000\n", at: 1000)
        #expect(target.shown(try target.scraped("", at: 2000)) == ["2000: up 1.0"])
        #expect(target.shown(try target.failed(at: 3000)) == ["3000: up 0.0"])
    }

    @Test func `a series that begins to have timestamps of its own ends as a live one`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\n", at: 1000)
        let outcome = try target.scraped("a 2 1500\n", at: 2000)
        #expect(target.shown(outcome) == ["2000: up 1.0, a stale", "1500: a 2.0"])
    }

    @Test func `a repeated timestamp is no news and an older one is left out`() throws {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1 500\n", at: 1000)
        let repeated = try target.scraped("a 1 500\n", at: 2000)
        #expect(target.shown(repeated) == ["2000: up 1.0"])
        #expect(repeated.repeats == 1)
        #expect(repeated.problem == nil)
        let older = try target.scraped("a 1 499\n", at: 3000)
        #expect(target.shown(older) == ["3000: up 1.0"])
        #expect(older.outOfBounds == 1)
        #expect(older.problem != nil)
    }

    @Test func `a series may have several timestamps in one scrape but each once`() throws {
        let target = ScrapedTarget()
        let outcome = try target.scraped("a 1 500\na 2 600\na 3 600\na 4 550\n", at: 1000)
        #expect(target.shown(outcome) == ["1000: up 1.0", "500: a 1.0", "600: a 2.0"])
        #expect(outcome.duplicates == 1)
        #expect(outcome.outOfBounds == 1)
    }

    @Test func `a timestamp far ahead of the ship's clock is left out`() throws {
        let target = ScrapedTarget()
        let outcome = try target.scraped(
            "a 1 601000\nb 2 601001\nc 3 9223372036854775807\n",
            at: 1000
        )
        #expect(target.shown(outcome) == ["1000: up 1.0", "601000: a 1.0"])
        #expect(outcome.outOfBounds == 2)
    }

    @Test func `timestamps that are not honoured are ignored`() throws {
        let target = ScrapedTarget(honorTimestamps: false)
        let outcome = try target.scraped("a 1 300\na 2 400\n", at: 1000)
        #expect(target.shown(outcome) == ["1000: up 1.0, a 1.0"])
        #expect(outcome.duplicates == 1)
        #expect(target.live == ["a", "up"])
    }

    @Test func `seconds of OpenMetrics are milliseconds`() throws {
        let target = ScrapedTarget()
        let outcome = try target.scraped("a 1 0.3\n# EOF\n", at: 1000)
        #expect(target.shown(outcome) == ["1000: up 1.0", "300: a 1.0"])
    }
}

@Suite struct ScrapeSessionCacheTests {
    @Test func `texts that no longer occur are forgotten and known again when they return`() throws
    {
        let target = ScrapedTarget()
        _ = try target.scraped("a 1\nb{x=\"1\"} 2\nc 3\n", at: 0)
        for time in 1...250 as ClosedRange<Int64> {
            let outcome = try target.scraped("c 1\na 1\n", at: time)
            #expect(outcome.sampleCount == 2)
            #expect(outcome.staleMarkers == (time == 1 ? 1 : 0))
        }
        #expect(target.session.cachedSeries == 2)
        let outcome = try target.scraped("a 1\nb{x=\"1\"} 2\nc 3\n", at: 300)
        #expect(target.shown(outcome) == ["300: up 1.0, a 1.0, b{x=\"1\"} 2.0, c 3.0"])
        #expect(target.catalogue.count == 4)
        #expect(
            target.shown(try target.scraped("c 1\n", at: 400)) == [
                "400: up 1.0, c 1.0, a stale, b{x=\"1\"} stale"
            ]
        )
    }

    @Test func `series whose names change with every scrape don't fill the memory`() throws {
        var session = ScrapeSession(target: ScrapedTarget.target())
        var count: UInt32 = 0
        for scrape in 0..<60 {
            let body = (0..<100).map { "a{id=\"\(scrape)-\($0)\"} 1\n" }.joined()
            let outcome = try session.scraped(
                Array(body.utf8),
                contentType: nil,
                at: Timestamp(milliseconds: Int64(scrape))
            ) { asked in
                asked.map { _ in
                    count += 1
                    return SeriesNumber(count)
                }
            }
            #expect(outcome.sampleCount == 100)
            #expect(outcome.staleMarkers == (scrape == 0 ? 0 : 100))
            #expect(session.cachedSeries <= 100 + 100 + ScrapeLimits.unusedTexts)
        }
    }
}

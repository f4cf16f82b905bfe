@testable import CoreHTTP
import CoreDomain
import FleetModel
import Testing

@Suite struct ReportPageTests {
    private func render(_ report: FleetReport, onlyShip: String? = nil) throws -> String {
        try ReportRenderer().render(report, as: .html, path: "/reports/fleet", onlyShip: onlyShip)
    }

    @Test func `a page says what a fleet manager asks`() throws {
        let page = try render(SampleReport.fleet())

        for text in [
            "<h1>Fleet</h1>", "aurora", "Connected", "2 min ago", "21 Nov 2026 11:57 UTC", "88 %",
            "12.4 MB", "1,200", "✓", "Disk /var/lib", "target_down", "12 records set aside",
            "borealis", "Never heard", "1 reachable within the hour", "1.5 s behind",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!page.contains("NaN"))
    }

    @Test func `an unexpected sign in any text is escaped`() throws {
        let evil = "<script>alert('x')</script>&\""
        let event = FleetEvent(at: SampleReport.now, severity: .info, kind: evil, message: evil)
        let ship = SampleReport.ship(evil, agentVersion: evil, diskMount: evil, events: [event])
        let report = FleetReport(
            tenant: evil,
            range: try SampleReport.range(),
            generatedAt: SampleReport.now,
            ships: [ship]
        )

        let page = try ReportRenderer()
            .render(report, as: .html, path: "/r\"><script>", onlyShip: evil)

        #expect(!page.contains("<script"))
        #expect(!page.contains("alert('x')"))
        #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"))
    }

    @Test(arguments: ["<", ">", "&", "\"", "'"])
    func `a combining mark does not carry a sign past the escaping`(sign: String) throws {
        // Both are one character to Swift: a mark after the sign, and one that is put before it.
        for text in ["x\(sign)\u{301}y", "x\u{600}\(sign)y"] {
            let page = SignInPage.render(message: text, next: "/\(text)")
            let plain = SignInPage.render(message: "xy", next: "/xy")

            let signs = page.unicodeScalars.filter { String($0) == sign }.count
            let expected = plain.unicodeScalars.filter { String($0) == sign }.count
            // Escaped, each of the three is one `&` more.
            #expect(signs == expected + (sign == "&" ? 3 : 0))
        }
    }

    @Test func `the page needs nothing that its security policy forbids`() throws {
        let pages = [
            try render(SampleReport.fleet()),
            SignInPage.render(message: "no", next: "/"),
            ProblemPage.render(status: 404, title: "Not found", detail: "no such ship"),
        ]
        for page in pages {
            for forbidden in ["<style", "style=", "<script", "javascript:", "http://", "https://"] {
                #expect(!page.contains(forbidden), "\(forbidden)")
            }
        }
        #expect(!ReportStyle.css.contains("url("))
        #expect(!ReportStyle.css.contains("@import"))
    }

    @Test func `no template leaves a value unescaped`() {
        for (name, source) in PageTemplates.sources {
            #expect(!source.contains("{{{") && !source.contains("{{&"), "\(name)")
        }
    }

    @Test func `a fleet without ships says how to make one`() throws {
        let page = try render(SampleReport.fleet(of: []))

        #expect(page.contains("No ship yet"))
        #expect(page.contains("hawser ships create"))
        #expect(!page.contains("<article"))
    }

    @Test func `only a ship that may enrol is asked to`() throws {
        let fresh = try render(SampleReport.fleet(of: [SampleReport.unheard("a")]))
        let revoked = try render(
            SampleReport.fleet(of: [SampleReport.unheard("a", isRevoked: true)])
        )

        #expect(fresh.contains("Enrol its agent"))
        #expect(!revoked.contains("Enrol its agent"))
        #expect(revoked.contains("revoked before it was heard"))
    }

    @Test func `the links keep the range and change the form`() throws {
        let day = FleetReport(
            tenant: "t",
            range: try SampleReport.range(.seconds(86_400)),
            generatedAt: SampleReport.now,
            ships: []
        )
        let page = try render(day)
        let odd = try render(SampleReport.fleet())

        #expect(
            page.contains("<a href=\"/reports/fleet?range=24h\" aria-current=\"true\">24 h</a>")
        )
        #expect(page.contains("href=\"/reports/fleet?range=24h&amp;format=json\""))
        #expect(odd.contains("?from=2026-11-21T08:00:00.000Z&amp;to=2026-11-21T12:00:00.000Z&amp;"))
        #expect(!odd.contains("aria-current"))
    }

    @Test(arguments: [
        (Duration.seconds(600), false, "Connected"), (.seconds(601), false, "Silent for 10 min"),
        (.seconds(5 * 3600), false, "Silent for 5 h"), (.seconds(-60), false, "Connected"),
        (.seconds(10), true, "Revoked"),
    ])
    func `a ship's status follows from its last contact`(
        silence: Duration,
        isRevoked: Bool,
        label: String
    ) {
        let ship = SampleReport.ship("aurora", isRevoked: isRevoked, silence: silence)

        #expect(ShipStatus(of: ship, at: SampleReport.now).label == label)
    }

    @Test func `a hostile account does not stop the report`() throws {
        let huge = LedgerTotals(produced: .max, stored: .max, pending: .max, lost: .max)
        let ships = [SampleReport.ship("a", metrics: huge), SampleReport.ship("b", metrics: huge)]
        let report = try SampleReport.fleet(of: ships)

        for format in ReportFormat.allCases {
            let text = try ReportRenderer().render(report, as: format, path: "/", onlyShip: nil)
            #expect(!text.isEmpty)
        }
    }

    @Test func `events beyond five are folded away`() throws {
        let events = (0..<7).map { number in
            FleetEvent(at: SampleReport.now, severity: .info, kind: "k\(number)", message: "m")
        }
        let page = try render(SampleReport.fleet(of: [SampleReport.ship("a", events: events)]))

        #expect(page.contains("<summary>2 more</summary>"))
        #expect(page.contains("k6"))
    }

    @Test func `what was thinned, and where ledgers do not agree, is said in every format`() throws
    {
        let report = try SampleReport.fleet(of: [SampleReport.thinned()])
        let renderer = try ReportRenderer()
        let texts = try [ReportFormat.html, .text, .json, .csv].map {
            try renderer.render(report, as: $0, path: "/", onlyShip: nil)
        }
        let sentence = "17 records of logs that the ship delivered are not ashore"
        for text in [
            "36 % of all samples are thinned", "1,500 as rollups of 1 min, 300 as hourly counts",
            "<td>1,800</td>", sentence,
            #"<th scope="row">Logs</th>"#, "21 Nov 2026 10:00", "1,800 thinned", "✓",
        ] {
            #expect(texts[0].contains(text), "\(text)")
        }
        for text in [
            "5,000 produced = 3,000 stored + 100 pending + 1,800 thinned + 100 lost",
            "1,500 samples of this range as rollups of 1 min", sentence,
        ] {
            #expect(texts[1].contains(text), "\(text)")
        }
        let json = texts[2].filter { !$0.isWhitespace }
        #expect(json.contains(#""degraded":1800"#))
        #expect(json.contains(#"{"interval_seconds":60,"samples":1500}"#))
        #expect(json.contains(#"{"interval_seconds":null,"samples":300}"#))
        #expect(json.contains(#""kind":"missing_ashore","records":17"#))
        #expect(texts[3].contains(",1800,0,1\r\n"))
    }
}

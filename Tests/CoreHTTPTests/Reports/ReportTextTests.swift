import CoreDomain
import CoreHTTP
import FleetModel
import Testing

@Suite struct ReportTextTests {
    private func render(_ report: FleetReport, onlyShip: String? = nil) throws -> String {
        try ReportRenderer().render(report, as: .text, path: "/r", onlyShip: onlyShip)
    }

    @Test func `a fleet is a table and a paragraph per ship`() throws {
        #expect(
            try render(SampleReport.fleet()) == """
                Fleet of Nordsee Line: 2 ships, 1 reachable within the hour
                21 Nov 2026 08:00 to 21 Nov 2026 12:00 UTC (4 h), made 21 Nov 2026 12:00

                SHIP      STATUS       LAST CONTACT  LINK       UP    DOWN   CPU  MEMORY    DISK
                aurora    Connected    2 min ago     88 %  12.4 MB  604 kB  28 %    51 %  91.0 %
                borealis  Never heard  –              0 %      0 B     0 B     –       –       –

                aurora
                  samples  1,200 produced = 1,000 stored + 150 pending + 50 lost
                           12 records set aside as damaged, counted as lost
                  cpu      ▁···········▃·······················▅···········  28 % mean, 50 % at most
                  link     █···········▅···································  88 %, 3 sessions
                  events   21 Nov 11:30  warning   target_down: bridge-1 did not answer for 5 min

                borealis
                  samples  0 produced = 0 stored + 0 pending + 0 lost

                """
        )
    }

    @Test func `a fleet without ships says how to make one`() throws {
        let text = try render(SampleReport.fleet(of: []))

        #expect(text.contains("Nordsee Line: 0 ships\n"))
        #expect(text.contains("hawser ships create"))
    }

    @Test func `a report of one ship is headed by its name`() throws {
        let report = try SampleReport.fleet(of: [SampleReport.ship("aurora")])

        #expect(try render(report, onlyShip: "aurora").hasPrefix("aurora of Nordsee Line\n"))
    }

    @Test func `no line is wider than 100 columns`() throws {
        let long = String(repeating: "word", count: 40) + String(repeating: " and more", count: 90)
        let event = FleetEvent(at: SampleReport.now, severity: .info, kind: "k", message: long)
        let huge = LedgerTotals(produced: .max, stored: .max, pending: .max, lost: .max)
        let ship = SampleReport.ship(long, metrics: huge, events: [event])

        let text = try render(SampleReport.fleet(of: [ship]), onlyShip: long)

        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func `a ship can't send escape sequences to the terminal`() throws {
        let event = FleetEvent(
            at: SampleReport.now,
            severity: .critical,
            kind: "evil\u{1B}[2J",
            message: "line one\r\nline two \u{202E}reversed\u{9B}31m"
        )
        let ship = SampleReport.ship("\u{07}bell", agentVersion: "\u{0}", events: [event])

        let text = try render(SampleReport.fleet(of: [ship]))

        let allowed = text.unicodeScalars.filter { $0 != "\n" }
        #expect(!allowed.contains { $0.properties.generalCategory == .control })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
        #expect(text.contains("line one"))
    }

    @Test func `an account that does not balance is shown as such`() throws {
        let totals = LedgerTotals(produced: 10, stored: 8, pending: 1, lost: 0)
        let ship = SampleReport.ship("aurora", metrics: totals)

        let text = try render(SampleReport.fleet(of: [ship]))

        #expect(text.contains("10 produced ≠ 8 stored + 1 pending + 0 lost"))
    }
}

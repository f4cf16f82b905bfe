import CoreDomain
import CoreHTTP
import FleetModel
import Testing

@Suite struct ReportCSVTests {
    private func render(_ ships: [ShipReport]) throws -> String {
        try ReportRenderer()
            .render(SampleReport.fleet(of: ships), as: .csv, path: "/r", onlyShip: nil)
    }

    @Test func `a fleet is a header and a line per ship`() throws {
        let text = try ReportRenderer()
            .render(SampleReport.fleet(), as: .csv, path: "/r", onlyShip: nil)

        #expect(
            text == """
                tenant,from,to,ship,status,last_contact,agent_version,\
                clock_offset_seconds,link_availability,link_sessions,link_bytes_up,\
                link_bytes_down,samples_produced,samples_stored,samples_pending,\
                samples_lost,quarantined_records,cpu_mean,cpu_max,memory_mean,\
                memory_max,disk_latest,disk_mount,network_receive_mean,\
                network_transmit_mean,events,samples_degraded,logs_stored,\
                ledger_differences\r
                Nordsee Line,2026-11-21T08:00:00.000Z,2026-11-21T12:00:00.000Z,aurora,\
                connected,2026-11-21T11:57:30.000Z,0.1.0,-1.5,0.875,3,12400000,604211,\
                1200,1000,150,50,12,0.2833,0.5,0.51,0.52,0.91,/var/lib,1750.1,0,1,0,0,0\r
                Nordsee Line,2026-11-21T08:00:00.000Z,2026-11-21T12:00:00.000Z,borealis,\
                never_heard,,,,0,0,0,0,0,0,0,0,0,,,,,,,,,0,0,0,0\r

                """
        )
    }

    @Test func `a fleet without ships is its header`() throws {
        #expect(try render([]).split(separator: "\r\n").count == 1)
    }

    @Test(arguments: ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    func `a text is no formula`(name: String) throws {
        let text = try render([SampleReport.ship(name)])

        #expect(text.contains(",'\(name),") || text.contains(",\"'\(name)\","))
    }

    @Test func `a negative number stays a number`() throws {
        #expect(try render([SampleReport.ship("aurora")]).contains(",-1.5,"))
    }

    @Test(arguments: [
        ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
        // One character to Swift, but a line end to a reader of CSV.
        ("a\r\nb", "\"a\r\nb\""), ("\"\u{301}", "\"\"\"\u{301}\""),
    ])
    func `a cell is quoted where it must be`(name: String, cell: String) throws {
        #expect(
            try render([SampleReport.ship(name)]).unicodeScalars.contains(
                ",\(cell),".unicodeScalars
            )
        )
    }
}

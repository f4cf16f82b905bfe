@testable import CoreHTTP
import CoreDomain
import FleetModel
import Foundation
import Testing

@Suite struct ReportJSONTests {
    private func render(_ report: FleetReport) throws -> String {
        try ReportRenderer().render(report, as: .json, path: "/r", onlyShip: nil)
    }

    @Test func `a fleet has stable keys in a stable order`() throws {
        #expect(try render(SampleReport.fleet()) == Self.fleet)
    }

    @Test func `it is JSON to another reader too`() throws {
        let event = FleetEvent(
            at: SampleReport.now,
            severity: .info,
            kind: "\u{0}\u{1F}\"\\",
            message: "</script>\u{2028}\u{1F6A2}\r\n"
        )
        let ship = SampleReport.ship(
            "aurora",
            processor: SampleReport.line([.nan, .infinity]),
            events: [event]
        )

        let text = try render(SampleReport.fleet(of: [ship]))
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let ships = object?["ships"] as? [[String: Any]]
        let events = ships?.first?["events"] as? [[String: Any]]

        #expect(events?.first?["kind"] as? String == event.kind)
        #expect(events?.first?["message"] as? String == event.message)
        #expect(!text.contains("<"))
    }

    @Test func `a fleet without ships has an empty list`() throws {
        #expect(try render(SampleReport.fleet(of: [])).contains("\"ships\": []"))
    }

    @Test(arguments: [
        (JSONText.decimal(0.30000000000000004, places: 4), "0.3"), (.decimal(-0.0, places: 2), "0"),
        (.decimal(.nan, places: 2), "null"), (.decimal(-.infinity, places: 2), "null"),
        (.decimal(1e300, places: 4), "1e+300"),
        (.decimal(.greatestFiniteMagnitude, places: 4), "1.7976931348623157e+308"),
        (.count(.max), "18446744073709551615"), (.integer(.min), "-9223372036854775808"),
        (.string("a\u{7F}"), "\"a\\u007f\""), (.object([]), "{}"), (.array([]), "[]"),
    ])
    func `a value is written as the standard says`(value: JSONText, text: String) {
        #expect(value.text == text)
    }
}

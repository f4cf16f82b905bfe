import FleetModel
import Testing

@testable import CoreDomain
@testable import CoreHTTP

struct PositionTests {
    private func report(_ position: ShipPosition?) throws -> FleetReport {
        var ship = SampleReport.ship("aurora")
        ship.position = position
        return try SampleReport.fleet(of: [ship])
    }

    private let position = ShipPosition(
        latitude: -33.866667,
        longitude: 151.00004,
        at: SampleReport.now - .seconds(120)
    )

    @Test func `a report tells the newest place and its age`() throws {
        let text = ReportText.render(try report(position), onlyShip: nil)
        #expect(text.contains("position 33.8667° S 151.0000° E, 2 min ago"), "\(text)")
        let json = ReportJSON.render(try report(position))
        #expect(json.contains(#""latitude": -33.866667"#))
        #expect(json.contains(#""at": "2026-11-21T11:58:00.000Z""#))
    }

    @Test func `a ship that tells none has none`() throws {
        #expect(!ReportText.render(try report(nil), onlyShip: nil).contains("position"))
        #expect(ReportJSON.render(try report(nil)).contains(#""position": null"#))
    }

    @Test func `both series must be of one moment`() {
        func history(_ name: String, _ value: Double, at: Int64) -> SeriesHistory {
            SeriesHistory(
                labels: LabelSet(name: name, ["job": "nmea"]),
                points: [
                    SeriesPoint(
                        at: Timestamp(milliseconds: 0),
                        rollup: SeriesRollup(value: value, at: at)
                    )
                ]
            )
        }
        let latitude = history("hawser_position_latitude_degrees", 54.1, at: 1000)
        let longitude = history("hawser_position_longitude_degrees", 10.2, at: 1000)
        let expected = ShipPosition(
            latitude: 54.1,
            longitude: 10.2,
            at: Timestamp(milliseconds: 1000)
        )
        #expect(ShipPosition([latitude, longitude]) == expected)
        #expect(ShipPosition([latitude]) == nil)
        let later = history("hawser_position_longitude_degrees", 10.2, at: 2000)
        #expect(ShipPosition([latitude, later]) == nil)
        let wild = history("hawser_position_latitude_degrees", 91, at: 1000)
        #expect(ShipPosition([wild, longitude]) == nil)
    }
}

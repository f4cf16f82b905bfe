import FleetModel
import FleetTestSupport
import ShipDomain
import Testing

struct PositionTrackerTests {
    private static let start = ContinuousClock.now
    /// 2026-11-21T09:00:00Z.
    private static let clock = Timestamp(seconds: 1_795_251_600)

    private func values(
        _ bodies: String...,
        clock: Timestamp = clock
    ) throws -> [PositionMeasure: Double] {
        var tracker = PositionTracker(staleAfter: .seconds(30))
        for body in bodies {
            let sentence = try #require(NMEASentence(NMEALine.make(body).utf8))
            let isUnderstood = tracker.heard(sentence, at: Self.start, clock: clock)
            #expect(isUnderstood)
        }
        return tracker.values(at: Self.start)
    }

    @Test func `every kind of sentence tells its part`() throws {
        let rmc = try values("GPRMC,090000.00,A,5419.3890,N,01008.1234,E,12.4,231.5,211126,,,A")
        #expect(
            rmc == [
                .latitude: 54.32315, .longitude: 10.13539, .speed: 12.4, .course: 231.5,
                .clockOffset: 0,
            ]
        )
        #expect(
            try values("GNGGA,090000,3352.0000,S,15112.5000,W,2,11,0.9,18.5,M,,M,,") == [
                .latitude: -33.866667, .longitude: -151.208333, .fixQuality: 2, .satellites: 11,
                .dilution: 0.9,
            ]
        )
        #expect(
            try values("IIGLL,0000.0000,N,18000.0000,E,090000,A,A")
                == [.latitude: 0, .longitude: 180]
        )
        #expect(try values("IIVTG,54.7,T,34.4,M,5.5,N,10.2,K,A") == [.course: 54.7, .speed: 5.5])
        #expect(try values("HEHDT,274.07,T") == [.heading: 274.07])
        #expect(
            try values("GPZDA,085957.5,21,11,2026,00,00") == [.clockOffset: 2.5],
            "the ship's clock is ahead"
        )
        #expect(try values("GPRMC,235959,A,,,,,,,201126,,,A")[.clockOffset] == 32_401)
    }

    @Test(arguments: [
        "GPRMC,090000,V,5419.3890,N,01008.1234,E,12.4,231.5,211126,,,N",
        "GPRMC,090000,A,5419.3890,N,01008.1234,E,12.4,231.5,211126,,,N",
        "GPGLL,5419.3890,N,01008.1234,E,090000,V,N",
        "GPGLL,9100.0000,N,01008.1234,E,090000,A,A", "GPGLL,5460.0000,N,01008.1234,E,090000,A,A",
        "GPGLL,5419.3890,X,01008.1234,E,090000,A,A", "GPGLL,5419.3890,N,18000.1,E,090000,A,A",
        "GPGLL,-419.3890,N,01008.1234,E,090000,A,A", "GPGLL,nan,N,inf,E,090000,A,A",
        "GPGLL,5419.3890,N", "GPGLL", "IIVTG,999,T,,M,-1,N,,K,A", "IIVTG,1e5,T,,M,0x1,N,,K,A",
        "HEHDT,361,T", "HEHDT,,T", "HEHDT,10", "GPZDA,250000,21,11,2026,00,00",
        "GPZDA,090000,31,02,2026,00,00", "GPZDA,,,,,,",
    ])
    func `what is not valid is not believed`(body: String) throws {
        #expect(try values(body) == [:])
    }

    @Test func `a receiver without a fix tells that it has none`() throws {
        #expect(
            try values("GPGGA,090000,5419.3890,N,01008.1234,E,0,00,99.9,,M,,M,,")
                == [.fixQuality: 0, .satellites: 0]
        )
    }

    @Test func `values are forgotten when nothing is heard any more`() throws {
        var tracker = PositionTracker(staleAfter: .seconds(30))
        func hear(_ body: String, after seconds: Int) throws {
            let sentence = try #require(NMEASentence(NMEALine.make(body).utf8))
            tracker.heard(sentence, at: Self.start + .seconds(seconds), clock: Self.clock)
        }
        try hear("HEHDT,10.0,T", after: 0)
        try hear("IIVTG,54.7,T,34.4,M,5.5,N,10.2,K,A", after: 20)
        let all = tracker.values(at: Self.start + .seconds(30))
        #expect(all.count == 3)
        let some = tracker.values(at: Self.start + .seconds(31))
        #expect(some == [.course: 54.7, .speed: 5.5])
        let none = tracker.values(at: Self.start + .seconds(51))
        #expect(none == [:])
    }

    @Test func `no sentence makes the tracker trap`() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let seeds = [
            "GPRMC,090000.00,A,5419.3890,N,01008.1234,E,12.4,231.5,211126,,,A",
            "GNGGA,090000,3352.0000,S,15112.5000,W,2,11,0.9,18.5,M,,M,,",
            "GPZDA,085957.5,21,11,2026,00,00", "IIVTG,54.7,T,34.4,M,5.5,N,10.2,K,A",
        ]
        var tracker = PositionTracker(staleAfter: .seconds(30))
        var understood = 0
        for _ in 0..<30_000 {
            var bytes = Array((seeds.randomElement(using: &generator) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let place = Int.random(in: 5..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
                case 1: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: place)
                default: bytes.remove(at: place)
                }
            }
            let line = NMEALine.make(String(decoding: bytes, as: UTF8.self))
            guard let sentence = NMEASentence(line.utf8) else { continue }
            if tracker.heard(sentence, at: Self.start, clock: Self.clock) { understood += 1 }
            let values = tracker.values(at: Self.start)
            for (measure, value) in values { #expect(value.isFinite, "\(measure) of \(line)") }
            if let latitude = values[.latitude] { #expect(abs(latitude) <= 90) }
        }
        #expect(understood > 10_000)
    }
}

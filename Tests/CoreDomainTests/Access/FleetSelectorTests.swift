import Testing

@testable import CoreDomain

/// Which ships a fleet has.
struct FleetSelectorTests {
    @Test func `all labels must fit, with any of their values`() throws {
        let selector = try FleetSelector(["class": ["tanker"], "region": ["north", "baltic"]])
        for (labels, fits) in [
            (["class": "tanker", "region": "baltic", "more": "x"], true),
            (["class": "tanker"], false), (["class": "tanker", "region": "south"], false),
            ([:], false),
        ] {
            #expect(try selector.matches(ShipLabels(labels)) == fits, "\(labels)")
        }
    }

    @Test func `a selector that would mean every ship is refused`() {
        for values in [[:], ["class": []], ["bad key": ["a"]], ["class": ["a\u{0}"]]] {
            #expect(throws: DomainError.self) { try FleetSelector(values) }
        }
    }

    @Test func `one that covers another matches all that the other matches`() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        func next(_ count: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % count)
        }
        func selector() throws -> FleetSelector {
            var values: [String: [String]] = ["k\(next(3))": ["v\(next(3))"]]
            for key in 0..<3 where next(2) == 0 {
                values["k\(key)"] = (0...next(3)).map { "v\($0)" }
            }
            return try FleetSelector(values)
        }
        var covered = 0
        for _ in 0..<2000 {
            let (wide, narrow) = (try selector(), try selector())
            guard wide.covers(narrow) else { continue }
            covered += 1
            let labels = try ShipLabels(
                Dictionary(uniqueKeysWithValues: (0..<3).map { ("k\($0)", "v\(next(3))") })
            )
            #expect(!narrow.matches(labels) || wide.matches(labels), "seed \(seed)")
        }
        #expect(covered > 50, "seed \(seed)")
    }

    @Test func `it is stored and read again`() throws {
        let selector = try FleetSelector(["class": ["b", "a"], "Region_2": ["north"]])
        #expect(try selector.json == "{\"Region_2\":[\"north\"],\"class\":[\"a\",\"b\"]}")
        #expect(try FleetSelector(json: selector.json) == selector)
    }
}

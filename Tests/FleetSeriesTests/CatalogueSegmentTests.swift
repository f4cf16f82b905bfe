import FleetModel
import FleetSeries
import Testing

struct CatalogueSegmentTests {
    private func definition(_ number: UInt32, _ labels: LabelSet) -> SeriesDefinition {
        let kind = SeriesKind.allCases[Int(number) % SeriesKind.allCases.count]
        return SeriesDefinition(number: SeriesNumber(number), labels: labels, kind: kind)
    }

    private func code(_ definitions: [SeriesDefinition]) -> SegmentError.Code? {
        failure { () throws(SegmentError) in _ = try CatalogueSegment.encode(definitions) }
    }

    @Test func `definitions come back`() throws {
        let definitions = [
            definition(7, LabelSet(name: "up", ["job": "node", "instance": "engine-room"])),
            definition(8, LabelSet(name: "up", ["job": "postgres", "instance": "engine-room"])),
            definition(9, LabelSet([])),
            definition(
                10,
                LabelSet(name: "température", ["lieu": "cuve \u{1F6A2}", "job": "node"])
            ),
            definition(11, LabelSet(name: "up", ["up": "up", "job": "job"])),
        ]
        let sealed = try CatalogueSegment.encode(definitions)
        #expect(sealed.recordCount == 5)
        #expect(sealed.watermark == 12)
        #expect(sealed.first == Timestamp(milliseconds: 0))
        #expect(sealed.last == Timestamp(milliseconds: 0))
        #expect(try CatalogueSegment.decode(sealed.bytes[...]) == definitions)
    }

    @Test func `declared resolutions come back`() throws {
        let resolutions: [Resolution?] = [
            nil, Resolution("0.05"), Resolution("0.05"), Resolution("1000"), nil, nil,
            Resolution(coefficient: 999_999, exponent: 12),
            Resolution(coefficient: 1, exponent: -12),
        ]
        let definitions = resolutions.enumerated().map { number, resolution in
            SeriesDefinition(
                number: SeriesNumber(UInt32(number)),
                labels: LabelSet(name: "engine_temperature_\(number / 2)"),
                kind: .gauge,
                resolution: resolution
            )
        }
        let sealed = try CatalogueSegment.encode(definitions)
        #expect(try CatalogueSegment.decode(sealed.bytes[...]) == definitions)
    }

    @Test func `texts beyond what one segment may hold ask for a split`() throws {
        let definitions = (UInt32(0)..<300).map { number in
            let value = String(repeating: "\(number)-", count: 1000)
            return definition(number, LabelSet(name: "up", ["path": String(value.prefix(4000))]))
        }
        #expect(code(definitions) == .tooLarge)
    }

    @Test(arguments: UInt64(1)...20)
    func `any labels come back`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let words = (0..<30).map { _ in
            let scalars = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                let raw = UInt32.random(in: 1...0x2FFF, using: &generator)
                return Character(Unicode.Scalar(raw) ?? "x")
            }
            return String(scalars)
        }
        let definitions = (UInt32(0)..<300).map { number in
            let labels = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                LabelSet.Label(
                    words.randomElement(using: &generator) ?? "a",
                    words.randomElement(using: &generator) ?? "b"
                )
            }
            return definition(number, LabelSet(labels))
        }
        let sealed = try CatalogueSegment.encode(definitions)
        #expect(try CatalogueSegment.decode(sealed.bytes[...]) == definitions, "seed \(seed)")
    }

    @Test func `a thousand series of one exporter take a few bytes each`() throws {
        let definitions = (UInt32(0)..<1000).map { number in
            definition(
                number,
                LabelSet(
                    name: "http_request_duration_seconds_bucket",
                    [
                        "job": "api", "instance": "bridge:9100", "le": "\(number % 20)",
                        "handler": "/v1/resource/\(number / 20)",
                    ]
                )
            )
        }
        let sealed = try CatalogueSegment.encode(definitions)
        #expect(sealed.bytes.count < 2000)
    }

    @Test func `gaps and nothing at all are refused`() {
        let labels = LabelSet(name: "up")
        #expect(code([]) == .invalidInput)
        #expect(code([definition(1, labels), definition(3, labels)]) == .invalidInput)
        #expect(code([definition(2, labels), definition(1, labels)]) == .invalidInput)
    }

    @Test func `labels beyond the limits are refused`() {
        let name = String(repeating: "n", count: Limits.labelNameBytes)
        let value = String(repeating: "v", count: Limits.labelValueBytes)
        let many = Dictionary(uniqueKeysWithValues: (0..<64).map { ("l\($0)", "v") })
        #expect(code([definition(0, LabelSet([.init(name, value)]))]) == nil)
        #expect(code([definition(0, LabelSet([.init(name + "n", value)]))]) == .aboveLimit)
        #expect(code([definition(0, LabelSet([.init(name, value + "v")]))]) == .aboveLimit)
        #expect(code([definition(0, LabelSet(name: "up", many))]) == .aboveLimit)
        #expect(code([definition(Limits.seriesPerShip, LabelSet(name: "up"))]) == .aboveLimit)
    }
}

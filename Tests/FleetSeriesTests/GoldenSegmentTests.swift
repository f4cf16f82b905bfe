import FleetModel
import FleetSeries
import Glibc
import Testing

/// What earlier versions sealed must be readable for ever.
///
/// `UPDATE_GOLDEN=1` writes files that are missing; one that exists is never written again: a
/// change of the format is a new version with a folder of its own.
@Suite(.serialized)
struct GoldenSegmentTests {
    private static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures/Segments"
    }()

    private func golden(
        _ name: String,
        version: Int = 1,
        _ seal: () throws -> [UInt8]
    ) throws -> [UInt8] {
        let path = "\(Self.folder)/v\(version)/\(name).bin"
        if let file = fopen(path, "rb") {
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: Limits.segmentBytes)
            return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
        }
        try #require(getenv("UPDATE_GOLDEN") != nil, "\(path) is missing")
        let bytes = try seal()
        let file = try #require(fopen(path, "wb"), "can't write \(path)")
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return bytes
    }

    /// Written out by hand, not by a generator, so that nothing but this file says what it is.
    private static let first: [SampleBatch] = [
        batch(
            1_795_254_788_000,
            [(0, 1), (1, 1_234_567), (2, 33160 * 0.001), (3, 18_454_192_128), (4, .nan), (7, 0.25)]
        ),
        batch(1_795_254_788_001, [(8, 12), (9, 12), (10, -0.0)], group: 1),
        batch(
            1_795_254_803_001,
            [(0, 1), (1, 1_234_890), (2, 38.621), (3, 18_081_062_912), (4, .nan), (7, 0.375)]
        ),
        batch(1_795_254_803_003, [(8, 15), (9, 15), (10, .infinity)], group: 1),
        batch(
            1_795_254_818_000,
            [(0, 1), (1, 1_235_012), (2, 43.913000000000004), (3, 18_026_323_968), (4, 7)]
        ),
        batch(1_795_254_818_001, [(8, 15), (9, 15), (10, StaleMarker.value)], group: 1),
    ]

    private static let second: [SampleBatch] = [
        batch(
            1_795_254_833_000,
            [(0, 1), (1, 1_235_400), (2, 46.506), (3, 18_252_845_056), (4, 7.5), (11, 1e-9)]
        ),
        batch(1_795_254_848_000, [(0, 2), (1, 1_235_401), (2, 47.026), (3, 18_505_928_704)]),
    ]

    @Test func `yesterday's key segment is read today`() throws {
        let bytes = try golden("metrics-key") {
            var encoder = MetricsSegmentEncoder()
            return try encoder.encode(Self.first).bytes
        }
        let segment = try MetricsSegmentDecoder.decode(bytes[...])
        #expect(segment.batches().samples == Self.first.samples)
        #expect(segment.watermark == 11)
    }

    @Test func `yesterday's predicted segment is read today`() throws {
        let key = try golden("metrics-key") {
            var encoder = MetricsSegmentEncoder()
            return try encoder.encode(Self.first).bytes
        }
        let context = try MetricsSegmentDecoder.decode(key[...], context: nil).context
        let predicted = try golden("metrics-predicted") {
            var encoder = MetricsSegmentEncoder()
            return try encoder.encode(Self.second, predictedFrom: context).segment.bytes
        }
        let (segment, _) = try MetricsSegmentDecoder.decode(predicted[...], context: context)
        #expect(segment.batches() == Self.second)
        let summary = try MetricsSegmentDecoder.summary(of: predicted[...])
        #expect(summary.predecessor == context.digest)
    }

    private static func definitions(resolution: Resolution?) -> [SeriesDefinition] {
        [
            SeriesDefinition(
                number: SeriesNumber(5),
                labels: LabelSet(name: "up", ["job": "node", "instance": "engine-room"]),
                kind: .gauge
            ),
            SeriesDefinition(
                number: SeriesNumber(6),
                labels: LabelSet(
                    name: "node_cpu_seconds_total",
                    ["job": "node", "instance": "engine-room", "cpu": "0", "mode": "idle"]
                ),
                kind: .counter,
                resolution: resolution
            ),
            SeriesDefinition(number: SeriesNumber(7), labels: LabelSet([]), kind: .unknown),
        ]
    }

    /// Six histograms of seven buckets and a count: labels that repeat in many ways.
    private static let histograms: [SeriesDefinition] = (UInt32(0)..<48).map { number in
        let handler = "/v1/\(number / 8)"
        let bounds = ["0.1", "0.25", "0.5", "1", "2.5", "5", "+Inf"]
        let name = "http_request_duration_seconds"
        let labels =
            number % 8 == 7
            ? LabelSet(name: name + "_count", ["job": "api", "handler": handler])
            : LabelSet(
                name: name + "_bucket",
                ["job": "api", "handler": handler, "le": bounds[Int(number % 8)]]
            )
        return SeriesDefinition(
            number: SeriesNumber(number + 100),
            labels: labels,
            kind: .histogram
        )
    }

    @Test func `catalogues of the first version are read today`() throws {
        let plain = try golden("catalogue") { [] }
        #expect(try CatalogueSegment.decode(plain[...]) == Self.definitions(resolution: nil))
        let compressed = try golden("catalogue-compressed") { [] }
        #expect(try CatalogueSegment.decode(compressed[...]) == Self.histograms)
    }

    @Test func `yesterday's catalogue is read today`() throws {
        let resolution = Resolution(coefficient: 5, exponent: -2)
        let few = try golden("catalogue", version: 2) {
            try CatalogueSegment.encode(Self.definitions(resolution: resolution)).bytes
        }
        let decoded = try CatalogueSegment.decode(few[...])
        #expect(decoded == Self.definitions(resolution: resolution))
        #expect(decoded[1].resolution?.description == "0.05")
        let many = try golden("catalogue-histograms", version: 2) {
            try CatalogueSegment.encode(Self.histograms).bytes
        }
        #expect(try CatalogueSegment.decode(many[...]) == Self.histograms)
    }

    @Test func `yesterday's events are read today`() throws {
        let events = [
            FleetEvent(
                at: Timestamp(milliseconds: 1_795_254_788_123),
                severity: .critical,
                kind: "target_down",
                message: "node: connection refused"
            ),
            FleetEvent(
                at: Timestamp(milliseconds: 1_795_254_787_000),
                severity: .info,
                kind: "started",
                message: ""
            ),
        ]
        let bytes = try golden("events") { try EventSegment.encode(events).bytes }
        #expect(try EventSegment.decode(bytes[...]) == events)
    }

    @Test func `yesterday's log records are read today`() throws {
        let records = [
            LogRecord(
                at: Timestamp(milliseconds: 1_795_254_788_123),
                severity: .critical,
                facility: 4,
                host: "bridge",
                app: "evntslog",
                procid: "8710",
                msgid: "ID47",
                structured: LabelSet([
                    LabelSet.Label("exampleSDID@32473.iut", "3"),
                    LabelSet.Label("exampleSDID@32473.eventSource", "Application"),
                ]),
                message: "\u{1F6A2} the application\nhas \u{1A} failed"
            ),
            LogRecord(
                at: Timestamp(milliseconds: 1_795_254_787_000),
                severity: .debug,
                message: ""
            ),
        ]
        let bytes = try golden("logs-plain") { try LogSegment.encode(records).bytes }
        #expect(try LogSegment.decode(bytes[...]) == records)
    }

    @Test func `yesterday's log templates are read today`() throws {
        let records = LogMaker.repetitive(count: 60)
        let bytes = try golden("logs-templates") { try LogSegment.encode(records).bytes }
        #expect(try LogSegment.decode(bytes[...]) == records)
    }
}

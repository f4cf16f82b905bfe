import FleetModel
import FleetSeries
import Testing

struct SegmentEnvelopeTests {
    private static func examples() throws -> [[UInt8]] {
        var encoder = MetricsSegmentEncoder()
        return [
            try encoder.encode([batch(1, [(0, 1)])]).bytes,
            try CatalogueSegment.encode([
                SeriesDefinition(
                    number: SeriesNumber(0),
                    labels: LabelSet(name: "up"),
                    kind: .gauge
                )
            ]).bytes,
            try EventSegment.encode([
                FleetEvent(
                    at: Timestamp(seconds: 1),
                    severity: .info,
                    kind: "started",
                    message: "hello"
                )
            ]).bytes,
        ]
    }

    /// What each of the three decoders says to these bytes.
    private func codes(_ bytes: [UInt8]) -> [SegmentError.Code?] {
        [
            failure { () throws(SegmentError) in _ = try MetricsSegmentDecoder.decode(bytes[...]) },
            failure { () throws(SegmentError) in _ = try CatalogueSegment.decode(bytes[...]) },
            failure { () throws(SegmentError) in _ = try EventSegment.decode(bytes[...]) },
        ]
    }

    @Test func `one kind is never read as another`() throws {
        for (index, bytes) in try Self.examples().enumerated() {
            for (other, code) in codes(bytes).enumerated() {
                #expect(code == (index == other ? nil : .wrongKind))
            }
        }
    }

    @Test func `a later version is refused by name`() throws {
        for (index, bytes) in try Self.examples().enumerated() {
            let later = resealed(bytes) { $0[2] = 9 }
            #expect(codes(later)[index] == .unsupportedVersion)
        }
    }

    @Test func `unknown flags are refused`() throws {
        for (index, bytes) in try Self.examples().enumerated() {
            #expect(codes(resealed(bytes) { $0[4] = 0x80 })[index] == .malformed)
        }
    }

    @Test func `every flipped bit is noticed`() throws {
        for (index, bytes) in try Self.examples().enumerated() {
            for bit in 0..<bytes.count * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(codes(damaged)[index] != nil)
            }
        }
    }

    @Test func `every shorter or longer piece is refused`() throws {
        for (index, bytes) in try Self.examples().enumerated() {
            for count in 0..<bytes.count { #expect(codes(Array(bytes[..<count]))[index] != nil) }
            #expect(codes(bytes + [0])[index] != nil)
        }
    }

    @Test func `a segment above the limit is refused before anything else`() {
        let large = [UInt8](repeating: 0x48, count: Limits.segmentBytes + 1)
        #expect(codes(large) == [.tooLarge, .tooLarge, .tooLarge])
    }

    @Test func `an error says what is wrong and shows no content`() {
        let error = SegmentError(.wrongChecksum, "the bytes are not those that were sealed")
        #expect(error.code.name == "wrong_checksum")
        #expect(
            error.description == "wrong_checksum: the bytes are not those that were sealed"
        )
    }
}

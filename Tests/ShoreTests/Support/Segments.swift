import FleetModel
import FleetSeries

/// Segments as good ships seal them.
enum Segments {
    static func event(_ message: String, at moment: Timestamp = .now) throws -> SealedSegment {
        try EventSegment.encode([
            FleetEvent(at: moment, severity: .info, kind: "test", message: message)
        ])
    }

    /// Definitions numbered from `first` on.
    static func catalogue(_ labels: [LabelSet], from first: UInt32 = 0) throws -> SealedSegment {
        try CatalogueSegment.encode(
            labels.enumerated().map { index, labels in
                SeriesDefinition(
                    number: SeriesNumber(first + UInt32(index)),
                    labels: labels,
                    kind: .gauge
                )
            }
        )
    }

    /// One batch at one moment.
    static func metrics(
        _ values: [(number: UInt32, value: Double)],
        at moment: Timestamp = .now
    ) throws -> SealedSegment {
        var encoder = MetricsSegmentEncoder()
        return try encoder.encode([
            SampleBatch(
                group: 0,
                at: moment,
                numbers: values.map { SeriesNumber($0.number) },
                values: values.map(\.value)
            )
        ])
    }

    /// The same segment with another content, its checksum right again.
    static func resealed(_ bytes: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var content = Array(bytes.dropLast(4))
        change(&content)
        var writer = ByteWriter()
        writer.writeBytes(content)
        writer.writeLittleEndian(CRC32C.checksum(content))
        return writer.bytes
    }
}

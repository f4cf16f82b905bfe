import FleetModel

/// Seals batches of samples into segments.
package struct MetricsSegmentEncoder: Sendable {
    /// The level is kept for the interface's sake: the format is an arithmetic coder's own.
    package init(compressionLevel: Int32 = 9) {}

    /// A key segment: one that stands alone.
    ///
    /// Throws `.tooLarge` or `.aboveLimit` when the batches must be split, `.invalidInput` for a
    /// series that occurs twice in one batch.
    package mutating func encode(_ batches: [SampleBatch]) throws(SegmentError) -> SealedSegment {
        try encode(batches, predictedFrom: nil).segment
    }

    /// A segment that needs its predecessor's context to be read, or a key segment without one.
    ///
    /// The returned context is the one that the next segment may be predicted from.
    package mutating func encode(
        _ batches: [SampleBatch],
        predictedFrom predecessor: SegmentContext?
    ) throws(SegmentError) -> (segment: SealedSegment, context: SegmentContext) {
        let summary = try MetricsSegmentSummary(of: batches, predecessor: predecessor?.digest)
        var writer = SegmentEnvelope.open(
            .metrics,
            flags: summary.flags,
            reserving: summary.sampleCount / 2
        )
        summary.write(to: &writer)

        var body = MetricsBodyCoder(
            direction: RangeEncoder(reserving: summary.sampleCount / 2),
            context: predecessor ?? SegmentContext(),
            base: summary.first.milliseconds
        )
        let tables = try Self.tables(batches)
        guard tables.count <= MetricsSegmentSummary.groupLimit else {
            throw SegmentError(.aboveLimit, "\(tables.count) groups in one segment")
        }
        _ = body.codeCount(tables.count)
        for table in tables {
            var table = table
            try body.encode(&table)
        }
        var (direction, context) = body.finish()
        direction.finish()
        writer.writeBytes(direction.bytes)
        let bytes = try SegmentEnvelope.seal(writer)
        context.digest = SegmentEnvelope.checksum(of: bytes[...])
        try context.checkLimits()
        let segment = SealedSegment(
            bytes: bytes,
            recordCount: summary.sampleCount,
            first: summary.first,
            last: summary.last,
            watermark: summary.watermark
        )
        return (segment, context)
    }

    private static func tables(_ batches: [SampleBatch]) throws(SegmentError) -> [GroupTable] {
        var places: [UInt32: Int] = [:]
        var grouped: [(group: UInt32, batches: [SampleBatch])] = []
        for batch in batches {
            if let place = places[batch.group] {
                grouped[place].batches.append(batch)
            } else {
                places[batch.group] = grouped.count
                grouped.append((batch.group, [batch]))
            }
        }
        var tables: [GroupTable] = []
        for (group, batches) in grouped {
            tables.append(try GroupTable(group: group, batches: batches))
        }
        return tables
    }
}

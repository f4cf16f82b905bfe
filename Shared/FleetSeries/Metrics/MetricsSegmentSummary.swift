import FleetModel

/// What a metrics segment's header says: enough to file it without opening it.
package struct MetricsSegmentSummary: Sendable, Equatable {
    package let first: Timestamp
    package let last: Timestamp
    package let sampleCount: Int
    /// Batches of all groups together.
    package let rowCount: Int
    /// The highest series number cited, plus one.
    package let watermark: UInt32
    /// The `SegmentContext.digest` that a predicted segment needs; `nil` for a key segment.
    package let predecessor: UInt32?

    /// Flag of the envelope: the segment is predicted.
    private static let predictedFlag: UInt8 = 1

    /// Groups in one segment, and in one context: scrape targets of a ship. A decoder allocates
    /// some hundred bytes for each.
    static let groupLimit = 4096

    var flags: UInt8 { predecessor == nil ? 0 : Self.predictedFlag }

    /// Throws `.aboveLimit` for more than a segment may hold.
    init(of batches: [SampleBatch], predecessor: UInt32?) throws(SegmentError) {
        var first = batches.first?.at ?? Timestamp(milliseconds: 0)
        var last = first
        var samples = 0
        var highest: UInt32?
        for batch in batches {
            first = min(first, batch.at)
            last = max(last, batch.at)
            samples += batch.numbers.count
            for number in batch.numbers where number.rawValue > highest ?? 0 || highest == nil {
                highest = number.rawValue
            }
        }
        if let highest, highest >= Limits.seriesPerShip {
            throw SegmentError(
                .aboveLimit,
                "series \(highest), the limit is \(Limits.seriesPerShip)"
            )
        }
        self.first = first
        self.last = last
        sampleCount = samples
        rowCount = batches.count
        watermark = highest.map { $0 + 1 } ?? 0
        self.predecessor = predecessor
        try check()
    }

    init(flags: UInt8, from reader: inout ByteReader) throws(SegmentError) {
        guard flags & ~Self.predictedFlag == 0 else {
            throw SegmentError(.malformed, "unknown flags \(flags)")
        }
        do throws(ByteError) {
            first = Timestamp(milliseconds: try reader.readSignedVarint())
            let span = try reader.readCount(limit: Int(Limits.segmentSpan.milliseconds))
            let (end, overflow) = first.milliseconds.addingReportingOverflow(Int64(span))
            guard !overflow else { throw .varintTooLong }
            last = Timestamp(milliseconds: end)
            sampleCount = try reader.readCount(limit: Limits.segmentSamples)
            rowCount = try reader.readCount(limit: Limits.segmentSamples)
            watermark = UInt32(try reader.readCount(limit: Int(Limits.seriesPerShip)))
            predecessor = flags == 0 ? nil : try reader.readLittleEndian(UInt32.self)
        } catch {
            throw SegmentError(error)
        }
        try check()
    }

    func write(to writer: inout ByteWriter) {
        writer.writeSignedVarint(first.milliseconds)
        writer.writeVarint(UInt64(bitPattern: last.milliseconds &- first.milliseconds))
        writer.writeVarint(sampleCount)
        writer.writeVarint(rowCount)
        writer.writeVarint(UInt64(watermark))
        if let predecessor { writer.writeLittleEndian(predecessor) }
    }

    private func check() throws(SegmentError) {
        let bytes = sampleCount * 8 + rowCount * 8
        guard sampleCount <= Limits.segmentSamples, rowCount <= Limits.segmentSamples else {
            throw SegmentError(.aboveLimit, "\(sampleCount) samples in \(rowCount) batches")
        }
        guard bytes <= Limits.segmentDecodedBytes else {
            throw SegmentError(.aboveLimit, "\(bytes) bytes once decoded")
        }
        guard last - first <= Limits.segmentSpan else {
            throw SegmentError(.aboveLimit, "a span of \((last - first).inSeconds) s")
        }
    }
}

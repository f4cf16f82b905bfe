import FleetModel

/// What a metrics segment's header says: enough to file it without opening it.
struct MetricsSegmentSummary: Sendable, Equatable {
    var first: Timestamp
    var last: Timestamp
    var sampleCount: Int
    var rowCount: Int
    var watermark: UInt32

    /// Throws `.aboveLimit` for more than a segment may hold.
    init(of batches: [SampleBatch]) throws(SegmentError) {
        var first = batches.first?.at ?? Timestamp(milliseconds: 0)
        var last = first
        var samples = 0
        var highest: UInt32?
        for batch in batches {
            first = min(first, batch.at)
            last = max(last, batch.at)
            samples += batch.numbers.count
            for number in batch.numbers { highest = max(highest ?? 0, number.rawValue) }
        }
        if let highest, highest >= Limits.seriesPerShip {
            throw SegmentError(.aboveLimit, "series \(highest), the limit is \(Limits.seriesPerShip)")
        }
        self.first = first
        self.last = last
        sampleCount = samples
        rowCount = batches.count
        watermark = highest.map { $0 + 1 } ?? 0
        try check()
    }

    init(from reader: inout ByteReader) throws(SegmentError) {
        do throws(ByteError) {
            first = Timestamp(milliseconds: try reader.readSignedVarint())
            let span = try reader.readCount(limit: Int(Limits.segmentSpan.milliseconds))
            let (end, overflow) = first.milliseconds.addingReportingOverflow(Int64(span))
            guard !overflow else { throw .varintTooLong }
            last = Timestamp(milliseconds: end)
            sampleCount = try reader.readCount(limit: Limits.segmentSamples)
            rowCount = try reader.readCount(limit: Limits.segmentSamples)
            watermark = UInt32(try reader.readCount(limit: Int(Limits.seriesPerShip)))
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

import FleetModel

/// What stands before a rollup segment's stream.
struct RollupSegmentHeader: Equatable {
    let rung: Rung
    /// Intervals since 1970.
    let firstInterval: Int64
    let intervalCount: Int
    let seriesCount: Int
    let rowCount: Int
    let watermark: UInt32

    /// Series times intervals: what a decoder looks at, at most.
    private static let placeLimit = 8_388_608

    init(
        rung: Rung,
        firstInterval: Int64,
        intervalCount: Int,
        seriesCount: Int,
        rowCount: Int,
        watermark: UInt32
    ) {
        self.rung = rung
        self.firstInterval = firstInterval
        self.intervalCount = intervalCount
        self.seriesCount = seriesCount
        self.rowCount = rowCount
        self.watermark = watermark
    }

    init(from reader: inout ByteReader) throws(ByteError) {
        let number = try reader.readByte()
        guard let rung = Rung(rawValue: number) else {
            throw .aboveLimit(value: UInt64(number), limit: Int(Rung.counts.rawValue))
        }
        self.rung = rung
        firstInterval = try reader.readSignedVarint()
        intervalCount = try reader.readCount(limit: Int(RollupSegment.span.milliseconds / 60_000))
        seriesCount = try reader.readCount(limit: RollupSegment.rowLimit)
        rowCount = try reader.readCount(limit: RollupSegment.rowLimit)
        watermark = UInt32(try reader.readCount(limit: Int(Limits.seriesPerShip)))
    }

    func write(to writer: inout ByteWriter) {
        writer.writeByte(rung.rawValue)
        writer.writeSignedVarint(firstInterval)
        writer.writeVarint(intervalCount)
        writer.writeVarint(seriesCount)
        writer.writeVarint(rowCount)
        writer.writeVarint(UInt64(watermark))
    }

    func check() throws(SegmentError) {
        guard let length = rung.interval?.milliseconds else {
            throw SegmentError(.malformed, "rollups of raw samples")
        }
        guard intervalCount > 0, Int64(intervalCount) * length <= RollupSegment.span.milliseconds
        else { throw SegmentError(.aboveLimit, "\(intervalCount) intervals in one segment") }
        guard seriesCount > 0, rowCount >= seriesCount, rowCount <= RollupSegment.rowLimit,
            rowCount <= seriesCount * intervalCount, seriesCount <= Int(watermark)
        else { throw SegmentError(.aboveLimit, "\(rowCount) rows of \(seriesCount) series") }
        guard seriesCount * intervalCount <= Self.placeLimit else {
            throw SegmentError(.aboveLimit, "\(seriesCount) series in \(intervalCount) intervals")
        }
        guard watermark <= Limits.seriesPerShip else {
            throw SegmentError(.aboveLimit, "\(watermark) series in the catalogue")
        }
        // The end must be a time, too.
        let (_, overflow) = firstInterval.multipliedReportingOverflow(by: length)
        guard !overflow, firstInterval < Int64.max / length - Int64(intervalCount) - 1 else {
            throw SegmentError(.malformed, "a time out of range")
        }
    }
}

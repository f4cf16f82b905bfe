import FleetModel

extension LinkReport {
    func write(to writer: inout ByteWriter) throws(SegmentError) {
        guard linkClass.utf8.count <= SummarySegment.linkClassBytes,
            currency.utf8.count <= SummarySegment.currencyBytes
        else { throw SegmentError(.aboveLimit, "a link class or a currency with too long a name") }
        writer.writeText(linkClass)
        writer.writeSignedVarint(from.milliseconds)
        writer.writeSignedVarint(to.milliseconds &- from.milliseconds)
        writer.writeVarint(bytesUp)
        writer.writeVarint(bytesDown)
        writer.writeVarint(UInt64(max(0, connected.milliseconds)))
        writer.writeVarint(costMicros)
        writer.writeText(currency)
    }

    init(from reader: inout ByteReader) throws(ByteError) {
        let linkClass = try reader.readText(limit: SummarySegment.linkClassBytes)
        let from = try reader.readSignedVarint()
        let to = from &+ (try reader.readSignedVarint())
        self.init(
            from: Timestamp(milliseconds: from),
            to: Timestamp(milliseconds: to),
            linkClass: linkClass,
            bytesUp: try reader.readVarint(),
            bytesDown: try reader.readVarint(),
            connected: .milliseconds(
                Int64(try reader.readCount(limit: Int(Int64.max / 2)))
            ),
            costMicros: try reader.readVarint(),
            currency: try reader.readText(limit: SummarySegment.currencyBytes)
        )
    }
}

import FleetModel
import FleetSeries

extension [LogRecord] {
    /// The form in the window table: plain and quick, since it is sealed soon.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: reduce(8) { $0 + $1.byteCount })
        writer.writeVarint(count)
        for record in self {
            writer.writeSignedVarint(record.at.milliseconds)
            writer.writeByte(record.facility << 3 | record.severity.rawValue)
            for text in [record.host, record.app, record.procid, record.msgid, record.message] {
                writer.writeText(text)
            }
            writer.writeVarint(record.structured.labels.count)
            for label in record.structured.labels {
                writer.writeText(label.name)
                writer.writeText(label.value)
            }
        }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(StoreError) {
        do {
            var reader = ByteReader(bytes)
            let count = try reader.readCount(limit: reader.remaining)
            var records: [LogRecord] = []
            records.reserveCapacity(count)
            for _ in 0..<count { records.append(try LogRecord(&reader)) }
            try reader.finish()
            self = records
        } catch {
            throw StoreError(.damaged, "log records in the store can't be read: \(error)")
        }
    }
}

extension LogRecord {
    fileprivate init(_ reader: inout ByteReader) throws {
        let at = Timestamp(milliseconds: try reader.readSignedVarint())
        let priority = try reader.readByte()
        var texts: [String] = []
        for _ in 0..<5 { texts.append(try reader.readText(limit: Limits.logMessageBytes)) }
        var labels: [LabelSet.Label] = []
        for _ in 0..<(try reader.readCount(limit: Limits.labelsPerSeries)) {
            let name = try reader.readText(limit: Limits.labelNameBytes)
            labels.append(
                LabelSet.Label(name, try reader.readText(limit: Limits.labelValueBytes))
            )
        }
        self.init(
            at: at,
            severity: Severity(rawValue: priority & 7) ?? .debug,
            facility: priority >> 3,
            host: texts[0],
            app: texts[1],
            procid: texts[2],
            msgid: texts[3],
            structured: LabelSet(labels),
            message: texts[4]
        )
    }
}

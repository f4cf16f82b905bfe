import FleetModel

/// Log records on their way ashore: columns, and the messages either as they are or as templates
/// with columns of what changes in them, whichever is shorter.
package enum LogSegment {
    /// Records in one segment: what a decoder may allocate (about 200 bytes each, so 13 MB).
    static let recordLimit = 65_536

    /// Records in the order given, which should be that of time.
    ///
    /// Throws `.tooLarge` when they must be split (too many bytes, records, or too long a span),
    /// `.aboveLimit` for a record beyond `Limits`, and `.invalidInput` for none at all, for a NUL in
    /// a text and for a facility above 23.
    package static func encode(_ records: [LogRecord]) throws(SegmentError) -> SealedSegment {
        guard let start = records.first else {
            throw SegmentError(.invalidInput, "a log segment without records")
        }
        guard records.count <= recordLimit else {
            throw SegmentError(.tooLarge, "\(records.count) records, the limit is \(recordLimit)")
        }
        var (first, last) = (start.at, start.at)
        for record in records {
            try check(record)
            first = min(first, record.at)
            last = max(last, record.at)
        }
        guard last - first <= Limits.segmentSpan else {
            throw SegmentError(.tooLarge, "records of more than \(Limits.segmentSpan)")
        }
        let columns = LogColumns.bytes(of: records, from: first)
        func sealed(_ messages: [UInt8]) throws(SegmentError) -> [UInt8] {
            try PackedBody.seal(.logs, body: columns + messages) { header in
                header.writeVarint(records.count)
                header.writeSignedVarint(first.milliseconds)
                header.writeVarint(UInt64((last - first).milliseconds))
            }
        }
        let messages = records.map { Array($0.message.utf8) }
        let plain = PlainMessages.bytes(of: messages)
        var bytes: [UInt8]
        if let templates = MessageTemplates(messages), let packed = try? sealed(templates.bytes()) {
            bytes = packed
            if let other = try? sealed(plain), other.count < packed.count { bytes = other }
        } else {
            bytes = try sealed(plain)
        }
        return SealedSegment(
            bytes: bytes,
            recordCount: records.count,
            first: first,
            last: last,
            watermark: 0
        )
    }

    private static func check(_ record: LogRecord) throws(SegmentError) {
        let fields = [record.host, record.app, record.procid, record.msgid]
        let labels = record.structured.labels
        guard fields.allSatisfy({ $0.utf8.count <= Limits.logFieldBytes }),
            record.message.utf8.count <= Limits.logMessageBytes,
            labels.count <= Limits.labelsPerSeries,
            labels.allSatisfy({
                $0.name.utf8.count <= Limits.labelNameBytes
                    && $0.value.utf8.count <= Limits.labelValueBytes
            })
        else { throw SegmentError(.aboveLimit, "a log record of \(record.byteCount) bytes") }
        guard record.facility <= 23 else {
            throw SegmentError(.invalidInput, "facility \(record.facility)")
        }
        guard !record.message.utf8.contains(0), !fields.contains(where: { $0.utf8.contains(0) })
        else { throw SegmentError(.invalidInput, "a NUL character in a log record") }
    }

    /// Opens a log segment. No bytes make it trap or allocate beyond `Limits`.
    package static func decode(_ bytes: ArraySlice<UInt8>) throws(SegmentError) -> [LogRecord] {
        var (flags, reader) = try SegmentEnvelope.read(bytes, as: .logs)
        let (count, first, span) = try SegmentError.translating { () throws(ByteError) in
            (
                try reader.readCount(limit: recordLimit), try reader.readSignedVarint(),
                try reader.readCount(limit: Int(Limits.segmentSpan.milliseconds))
            )
        }
        let body = try PackedBody.open(flags: flags, &reader)
        // A time, a priority, four fields, the structured data, and at least a byte of message.
        guard count > 0, count <= body.count / 7 else {
            throw SegmentError(.truncated, "\(count) records in \(body.count) bytes")
        }
        guard first.addingReportingOverflow(Int64(span)).overflow == false else {
            throw SegmentError(.malformed, "times beyond the last")
        }
        var content = ByteReader(body)
        return try SegmentError.translating { () throws(ByteError) in
            let columns = try LogColumns(&content, count: count, first: first, span: Int64(span))
            let messages = try LogMessages.read(&content, count: count)
            try content.finish()
            return columns.records(messages)
        }
    }
}

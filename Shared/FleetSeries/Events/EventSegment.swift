import FleetModel

/// Events on their way ashore.
package enum EventSegment {
    /// Events in the order given, which need not be that of time.
    ///
    /// Throws `.tooLarge` or `.aboveLimit` when they must be split or are beyond `Limits`, and
    /// `.invalidInput` for none at all.
    package static func encode(_ events: [FleetEvent]) throws(SegmentError) -> SealedSegment {
        guard let start = events.first else {
            throw SegmentError(.invalidInput, "an event segment without events")
        }
        guard events.count <= eventLimit else {
            throw SegmentError(.tooLarge, "\(events.count) events, the limit is \(eventLimit)")
        }
        var kinds = StringTable()
        var times = ByteWriter()
        var severities = ByteWriter()
        var kindColumn = ByteWriter()
        var lengths = ByteWriter()
        var messages = ByteWriter()
        var first = start.at
        var last = start.at
        var previous = start.at.milliseconds
        for event in events {
            let (kind, message) = (event.kind.utf8.count, event.message.utf8.count)
            guard kind <= Limits.eventKindBytes, message <= Limits.eventMessageBytes else {
                throw SegmentError(.aboveLimit, "an event of \(kind) and \(message) bytes")
            }
            first = min(first, event.at)
            last = max(last, event.at)
            times.writeSignedVarint(event.at.milliseconds &- previous)
            previous = event.at.milliseconds
            severities.writeByte(event.severity.rawValue)
            kindColumn.writeVarint(kinds.place(of: event.kind))
            lengths.writeVarint(message)
            messages.writeBytes(event.message.utf8)
        }
        var body = ByteWriter()
        kinds.write(to: &body)
        for column in [times, severities, kindColumn, lengths, messages] {
            body.writeBytes(column.bytes)
        }
        let bytes = try PackedBody.seal(.events, body: body.bytes) { header in
            header.writeVarint(events.count)
            header.writeSignedVarint(start.at.milliseconds)
        }
        return SealedSegment(
            bytes: bytes,
            recordCount: events.count,
            first: first,
            last: last,
            watermark: 0
        )
    }

    /// Opens an event segment. No bytes make it trap or allocate beyond `Limits`.
    package static func decode(_ bytes: ArraySlice<UInt8>) throws(SegmentError) -> [FleetEvent] {
        var (flags, reader) = try SegmentEnvelope.read(bytes, as: .events)
        let (count, start) = try SegmentError.translating { () throws(ByteError) in
            (try reader.readCount(limit: eventLimit), try reader.readSignedVarint())
        }
        let body = try PackedBody.open(flags: flags, &reader)
        // A time, a severity, a kind and a length.
        guard count > 0, count <= body.count / 4 else {
            throw SegmentError(.truncated, "\(count) events in \(body.count) bytes")
        }
        var content = ByteReader(body)
        return try SegmentError.translating { () throws(ByteError) in
            try readBody(&content, count: count, start: start)
        }
    }

    /// Events in one segment: what a decoder may allocate (64 bytes each, so 4 MB).
    static let eventLimit = 65_536

    private static func readBody(
        _ reader: inout ByteReader,
        count: Int,
        start: Int64
    ) throws(ByteError) -> [FleetEvent] {
        let kinds = try StringTable.read(
            from: &reader,
            limit: Limits.eventKindBytes,
            totalLimit: Limits.segmentDecodedBytes
        )
        var times: [Int64] = []
        var severities: [FleetEvent.Severity] = []
        var kindPlaces: [Int] = []
        var lengths: [Int] = []
        var at = start
        for _ in 0..<count {
            at = at &+ (try reader.readSignedVarint())
            times.append(at)
        }
        for _ in 0..<count {
            let raw = try reader.readByte()
            guard let severity = FleetEvent.Severity(rawValue: raw) else {
                throw .aboveLimit(value: UInt64(raw), limit: FleetEvent.Severity.allCases.count)
            }
            severities.append(severity)
        }
        for _ in 0..<count {
            let place = try reader.readCount(limit: kinds.count)
            guard place < kinds.count else {
                throw .aboveLimit(value: UInt64(place), limit: kinds.count - 1)
            }
            kindPlaces.append(place)
        }
        for _ in 0..<count { lengths.append(try reader.readCount(limit: Limits.eventMessageBytes)) }
        var events: [FleetEvent] = []
        events.reserveCapacity(count)
        for index in 0..<count {
            let message = try reader.readBytes(lengths[index])
            guard let text = String(validating: message, as: UTF8.self) else { throw .notUTF8 }
            events.append(
                FleetEvent(
                    at: Timestamp(milliseconds: times[index]),
                    severity: severities[index],
                    kind: kinds[kindPlaces[index]],
                    message: text
                )
            )
        }
        try reader.finish()
        return events
    }
}

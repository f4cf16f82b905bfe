import FleetModel

/// Everything of log records but their messages.
struct LogColumns {
    /// A shared table and a place in it for every record.
    private struct TextColumn {
        let table: [String]
        let places: [Int]

        subscript(index: Int) -> String { table[places[index]] }
    }

    private let times: [Int64]
    private let priorities: [UInt8]
    private let fields: [TextColumn]
    private let structured: [LabelSet]

    /// Values of the label sets of one segment, written out: bounds what a decoder allocates.
    private static let labelLimit = 262_144

    static func bytes(of records: [LogRecord], from first: Timestamp) -> [UInt8] {
        var writer = ByteWriter(reserving: records.count * 10)
        let inSeconds = records.allSatisfy {
            ($0.at.milliseconds &- first.milliseconds) % 1000 == 0
        }
        writer.writeByte(inSeconds ? 1 : 0)
        var previous = first.milliseconds
        for record in records {
            let step = record.at.milliseconds &- previous
            writer.writeSignedVarint(inSeconds ? step / 1000 : step)
            previous = record.at.milliseconds
        }
        for record in records {
            writer.writeByte(record.facility << 3 | record.severity.rawValue)
        }
        for field in [\LogRecord.host, \.app, \.procid, \.msgid] {
            var table = StringTable()
            let places = records.map { table.place(of: $0[keyPath: field]) }
            table.write(to: &writer)
            for place in places { writer.writeVarint(place) }
        }
        writeStructured(records, to: &writer)
        return writer.bytes
    }

    private static func writeStructured(_ records: [LogRecord], to writer: inout ByteWriter) {
        var names = StringTable()
        var values = StringTable()
        var sets: [LabelSet: Int] = [:]
        var content = ByteWriter()
        var places = ByteWriter()
        for record in records {
            if let place = sets[record.structured] {
                places.writeVarint(place)
                continue
            }
            places.writeVarint(sets.count)
            sets[record.structured] = sets.count
            content.writeVarint(record.structured.labels.count)
            for label in record.structured.labels {
                content.writeVarint(names.place(of: label.name))
                content.writeVarint(values.place(of: label.value))
            }
        }
        names.write(to: &writer)
        values.write(to: &writer)
        writer.writeVarint(sets.count)
        writer.writeBytes(content.bytes)
        writer.writeBytes(places.bytes)
    }

    init(
        _ reader: inout ByteReader,
        count: Int,
        first: Int64,
        span: Int64
    ) throws(ByteError) {
        let unit: Int64 = try reader.readCount(limit: 1) == 1 ? 1000 : 1
        var times: [Int64] = []
        times.reserveCapacity(count)
        var (at, latest, earliest) = (Int64(0), Int64(0), Int64.max)
        for _ in 0..<count {
            let (step, overflow) = try reader.readSignedVarint()
                .multipliedReportingOverflow(by: unit)
            at = at &+ step
            guard !overflow, at >= 0, at <= span else {
                throw .aboveLimit(value: UInt64(bitPattern: at), limit: Int(span))
            }
            latest = max(latest, at)
            earliest = min(earliest, at)
            times.append(first + at)
        }
        // The header's times are what the shore finds the records by.
        guard latest == span, earliest == 0 else {
            throw .aboveLimit(value: UInt64(latest), limit: Int(span))
        }
        self.times = times
        priorities = Array(try reader.readBytes(count))
        if let high = priorities.first(where: { $0 > 23 << 3 | 7 }) {
            throw .aboveLimit(value: UInt64(high), limit: 23 << 3 | 7)
        }
        var fields: [TextColumn] = []
        for _ in 0..<4 { fields.append(try Self.column(&reader, count: count)) }
        self.fields = fields
        structured = try Self.readStructured(&reader, count: count)
    }

    private static func column(
        _ reader: inout ByteReader,
        count: Int
    ) throws(ByteError) -> TextColumn {
        let table = try StringTable.read(
            from: &reader,
            limit: Limits.logFieldBytes,
            totalLimit: Limits.segmentDecodedBytes
        )
        return TextColumn(table: table, places: try places(&reader, in: table.count, count: count))
    }

    static func places(
        _ reader: inout ByteReader,
        in size: Int,
        count: Int
    ) throws(ByteError) -> [Int] {
        var places: [Int] = []
        places.reserveCapacity(count)
        for _ in 0..<count {
            let place = try reader.readCount(limit: size)
            guard place < size else { throw .aboveLimit(value: UInt64(place), limit: size - 1) }
            places.append(place)
        }
        return places
    }

    private static func readStructured(
        _ reader: inout ByteReader,
        count: Int
    ) throws(ByteError) -> [LabelSet] {
        let total = Limits.segmentDecodedBytes
        let names = try StringTable.read(
            from: &reader,
            limit: Limits.labelNameBytes,
            totalLimit: total
        )
        let values = try StringTable.read(
            from: &reader,
            limit: Limits.labelValueBytes,
            totalLimit: total
        )
        let setCount = try reader.readCount(limit: min(count, reader.remaining))
        var sets: [LabelSet] = []
        sets.reserveCapacity(setCount)
        var labelCount = 0
        for _ in 0..<setCount {
            let size = try reader.readCount(limit: Limits.labelsPerSeries)
            labelCount += size
            guard labelCount <= labelLimit else {
                throw .aboveLimit(value: UInt64(labelCount), limit: labelLimit)
            }
            var labels: [LabelSet.Label] = []
            for _ in 0..<size {
                let name = try place(&reader, in: names)
                let value = try place(&reader, in: values)
                // Sorted, each name once, none without a value: what was sealed comes out again.
                let isInOrder = labels.last?.name.utf8.lexicographicallyPrecedes(name.utf8) ?? true
                guard isInOrder, !value.isEmpty else {
                    throw .aboveLimit(value: UInt64(labels.count), limit: 0)
                }
                labels.append(LabelSet.Label(name, value))
            }
            sets.append(LabelSet(labels))
        }
        return try places(&reader, in: sets.count, count: count).map { sets[$0] }
    }

    private static func place(
        _ reader: inout ByteReader,
        in table: [String]
    ) throws(ByteError) -> String {
        let place = try reader.readCount(limit: table.count)
        guard place < table.count else {
            throw .aboveLimit(value: UInt64(place), limit: table.count - 1)
        }
        return table[place]
    }

    /// The records, with these messages.
    func records(_ messages: [String]) -> [LogRecord] {
        messages.indices.map { index in
            LogRecord(
                at: Timestamp(milliseconds: times[index]),
                severity: LogRecord.Severity(rawValue: priorities[index] & 7) ?? .debug,
                facility: priorities[index] >> 3,
                host: fields[0][index],
                app: fields[1][index],
                procid: fields[2][index],
                msgid: fields[3][index],
                structured: structured[index],
                message: messages[index]
            )
        }
    }
}

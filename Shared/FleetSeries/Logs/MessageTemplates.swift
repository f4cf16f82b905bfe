import FleetModel

/// Messages as templates and what stands in their places.
///
/// A template is a message with a SUBSTITUTE (1A) where something changes; what stood there lies in
/// columns, one for each place of each template: there a process' numbers and addresses are beside
/// their like, where they cost little.
struct MessageTemplates {
    static let form: UInt8 = 1
    private static let substitute: UInt8 = 0x1A
    /// Values of all columns of one segment: what a decoder may allocate (about 100 bytes each).
    private static let valueLimit = 524_288

    private var table = StringTable()
    private var places: [Int] = []
    /// Per template, per substitute, the values in the order of the messages.
    private var columns: [[[ArraySlice<UInt8>]]] = []

    /// `nil` where no template would be used twice, or there would be too many values.
    init?(_ messages: [[UInt8]]) {
        let split = messages.map(Self.split)
        var uses: [[UInt8]: Int] = [:]
        for part in split { uses[part.template, default: 0] += 1 }
        let valueCount = split.reduce(0) { $0 + $1.values.count }
        guard uses.count < messages.count, valueCount <= Self.valueLimit else { return nil }
        for (message, part) in zip(messages, split) {
            var (template, values) = part
            if uses[template, default: 0] < 2 {
                // Nothing stands beside its values; only a real substitute must be one.
                (template, values) = (message, [])
                for index in message.indices where message[index] == Self.substitute {
                    values.append(message[index...index])
                }
            }
            let place = table.place(of: String(decoding: template, as: UTF8.self))
            if place == columns.count {
                columns.append(Array(repeating: [], count: values.count))
            }
            places.append(place)
            for (column, value) in values.enumerated() { columns[place][column].append(value) }
        }
    }

    /// A value is a run of ASCII letters and digits with a digit among them, or a real SUBSTITUTE.
    private static func split(
        _ message: [UInt8]
    ) -> (template: [UInt8], values: [ArraySlice<UInt8>]) {
        var template: [UInt8] = []
        var values: [ArraySlice<UInt8>] = []
        template.reserveCapacity(message.count)
        var index = 0
        while index < message.count {
            if message[index] == substitute {
                template.append(substitute)
                values.append(message[index...index])
                index += 1
                continue
            }
            var end = index
            var hasDigit = false
            while end < message.count {
                let byte = message[end]
                let isDigit = byte &- 0x30 < 10
                guard isDigit || (byte | 0x20) &- 0x61 < 26 else { break }
                hasDigit = hasDigit || isDigit
                end += 1
            }
            if hasDigit {
                template.append(substitute)
                values.append(message[index..<end])
                index = end
            } else {
                end = max(end, index + 1)
                template.append(contentsOf: message[index..<end])
                index = end
            }
        }
        return (template, values)
    }

    func bytes() -> [UInt8] {
        var writer = ByteWriter()
        writer.writeByte(Self.form)
        table.write(to: &writer)
        for place in places { writer.writeVarint(place) }
        for column in columns.joined() { ValueColumn.write(column, to: &writer) }
        return writer.bytes
    }

    static func read(_ reader: inout ByteReader, count: Int) throws(ByteError) -> [String] {
        let table = try StringTable.read(
            from: &reader,
            limit: Limits.logMessageBytes,
            totalLimit: Limits.segmentDecodedBytes
        )
        let places = try LogColumns.places(&reader, in: table.count, count: count)
        var uses = [Int](repeating: 0, count: table.count)
        for place in places { uses[place] += 1 }
        // What all messages together may take, values included.
        var room = Limits.segmentDecodedBytes
        var valueCount = 0
        var columns: [[[ArraySlice<UInt8>]]] = []
        columns.reserveCapacity(table.count)
        for (template, count) in zip(table, uses) {
            let substitutes = template.utf8.count { $0 == substitute }
            valueCount += substitutes * count
            guard valueCount <= valueLimit else {
                throw .aboveLimit(value: UInt64(valueCount), limit: valueLimit)
            }
            var own: [[ArraySlice<UInt8>]] = []
            for _ in 0..<substitutes {
                own.append(try ValueColumn.read(&reader, count: count, room: &room))
            }
            columns.append(own)
        }
        let templates = table.map { Array($0.utf8) }
        var next = [Int](repeating: 0, count: table.count)
        var messages: [String] = []
        messages.reserveCapacity(count)
        for place in places {
            room -= templates[place].count
            guard room >= 0 else {
                throw .aboveLimit(
                    value: UInt64(Limits.segmentDecodedBytes - room),
                    limit: Limits.segmentDecodedBytes
                )
            }
            var message: [UInt8] = []
            message.reserveCapacity(templates[place].count + 32)
            var column = 0
            for byte in templates[place] {
                guard byte == substitute else {
                    message.append(byte)
                    continue
                }
                message.append(contentsOf: columns[place][column][next[place]])
                column += 1
            }
            next[place] += 1
            guard message.count <= Limits.logMessageBytes else {
                throw .aboveLimit(value: UInt64(message.count), limit: Limits.logMessageBytes)
            }
            guard !message.contains(0), let text = String(validating: message, as: UTF8.self)
            else { throw .notUTF8 }
            messages.append(text)
        }
        return messages
    }
}

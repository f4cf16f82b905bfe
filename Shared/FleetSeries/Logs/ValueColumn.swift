import FleetModel

/// What stands in one place of one template, message after message.
enum ValueColumn {
    /// Raw values are the wire's.
    private enum Form: UInt8, CaseIterable {
        /// The same every time.
        case constant = 0
        /// Whole numbers, by their differences.
        case differences = 1
        /// Whole numbers.
        case numbers = 2
        /// Few texts that come again.
        case table = 3
        case texts = 4
    }

    static func write(_ values: [ArraySlice<UInt8>], to writer: inout ByteWriter) {
        guard let first = values.first else { return }
        if values.allSatisfy({ $0.elementsEqual(first) }) {
            writer.writeByte(Form.constant.rawValue)
            writer.writeBytes(first)
            writer.writeByte(0)
            return
        }
        let numbers = values.compactMap(Self.number)
        if numbers.count == values.count {
            var plain = ByteWriter()
            var differences = ByteWriter()
            var previous: Int64 = 0
            for number in numbers {
                plain.writeVarint(UInt64(number))
                differences.writeSignedVarint(number - previous)
                previous = number
            }
            let isShorter = differences.bytes.count <= plain.bytes.count
            writer.writeByte((isShorter ? Form.differences : .numbers).rawValue)
            writer.writeBytes(isShorter ? differences.bytes : plain.bytes)
            return
        }
        let texts = Set(values)
        guard texts.count <= values.count / 2 else {
            writer.writeByte(Form.texts.rawValue)
            for value in values {
                writer.writeBytes(value)
                writer.writeByte(0)
            }
            return
        }
        writer.writeByte(Form.table.rawValue)
        var table = StringTable()
        let places = values.map { table.place(of: String(decoding: $0, as: UTF8.self)) }
        table.write(to: &writer)
        for place in places { writer.writeVarint(place) }
    }

    /// Only what its digits would be again: no leading zero, at most 18 digits.
    private static func number(_ value: ArraySlice<UInt8>) -> Int64? {
        guard let first = value.first, value.count <= 18, first != 0x30 || value.count == 1 else {
            return nil
        }
        var number: Int64 = 0
        for byte in value {
            guard byte &- 0x30 < 10 else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        return number
    }

    /// - Parameter room: the bytes that values may still take; what these do is subtracted.
    static func read(
        _ reader: inout ByteReader,
        count: Int,
        room: inout Int
    ) throws(ByteError) -> [ArraySlice<UInt8>] {
        guard count > 0 else { return [] }
        let raw = try reader.readByte()
        guard let form = Form(rawValue: raw) else {
            throw .aboveLimit(value: UInt64(raw), limit: Form.allCases.count - 1)
        }
        let limit = Limits.logMessageBytes
        var values: [ArraySlice<UInt8>] = []
        switch form {
        case .constant:
            values = Array(repeating: try reader.readTerminated(limit: limit), count: count)
        case .differences:
            var number: Int64 = 0
            for _ in 0..<count {
                number = number &+ (try reader.readSignedVarint())
                values.append(Array(String(number).utf8)[...])
            }
        case .numbers:
            for _ in 0..<count { values.append(Array(String(try reader.readVarint()).utf8)[...]) }
        case .table:
            let table = try StringTable.read(from: &reader, limit: limit, totalLimit: room)
            let texts = table.map { Array($0.utf8)[...] }
            for place in try LogColumns.places(&reader, in: table.count, count: count) {
                values.append(texts[place])
            }
        case .texts:
            for _ in 0..<count { values.append(try reader.readTerminated(limit: limit)) }
        }
        // A value takes a few bytes in the column itself, however short.
        for value in values { room -= value.count + 1 }
        guard room >= 0 else {
            throw .aboveLimit(value: UInt64(-room), limit: Limits.segmentDecodedBytes)
        }
        return values
    }
}

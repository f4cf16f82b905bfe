import FleetModel

/// The messages of a segment, in whichever form they are.
enum LogMessages {
    static func read(_ reader: inout ByteReader, count: Int) throws(ByteError) -> [String] {
        let form = try reader.readByte()
        switch form {
        case PlainMessages.form: return try PlainMessages.read(&reader, count: count)
        case MessageTemplates.form: return try MessageTemplates.read(&reader, count: count)
        default: throw .aboveLimit(value: UInt64(form), limit: Int(MessageTemplates.form))
        }
    }
}

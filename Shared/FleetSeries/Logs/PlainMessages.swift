import FleetModel

/// Messages one behind the other, each with a NUL at its end: zstd finds what repeats.
enum PlainMessages {
    static let form: UInt8 = 0

    static func bytes(of messages: [[UInt8]]) -> [UInt8] {
        var writer = ByteWriter(reserving: messages.reduce(1) { $0 + $1.count + 1 })
        writer.writeByte(form)
        for message in messages {
            writer.writeBytes(message)
            writer.writeByte(0)
        }
        return writer.bytes
    }

    static func read(_ reader: inout ByteReader, count: Int) throws(ByteError) -> [String] {
        var messages: [String] = []
        messages.reserveCapacity(count)
        for _ in 0..<count {
            let bytes = try reader.readTerminated(limit: Limits.logMessageBytes)
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
            messages.append(text)
        }
        return messages
    }
}

extension ByteReader {
    /// Bytes up to a NUL, which is read too.
    mutating func readTerminated(limit: Int) throws(ByteError) -> ArraySlice<UInt8> {
        var ahead = self
        let rest = try ahead.readBytes(min(remaining, limit + 1))
        guard let end = rest.firstIndex(of: 0) else {
            if rest.count > limit { throw .aboveLimit(value: UInt64(rest.count), limit: limit) }
            throw .truncated
        }
        let bytes = try readBytes(end - rest.startIndex)
        _ = try readByte()
        return bytes
    }
}

/// Cuts a TCP stream into syslog messages (RFC 6587): behind their length where one is given, else
/// at line feeds. Each message is looked at anew, since senders mix.
///
/// Holds at most one message's limit: of a longer one the beginning is kept and the rest read over.
package struct SyslogFramer: Sendable {
    /// A message, cut at the limit.
    package struct Message: Sendable, Equatable {
        package let bytes: [UInt8]
        package let isCut: Bool
    }

    private enum Step {
        /// At the beginning of a message.
        case start
        /// Digits of a length.
        case length
        /// So many bytes of the message are still to come.
        case counted(Int)
        /// Up to a line feed.
        case line
    }

    /// Digits of a length: a sender that announces more has lost its place.
    private static let lengthDigits = 9

    private let limit: Int
    private var step = Step.start
    private var bytes: [UInt8] = []
    private var isCut = false

    package init(limit: Int) {
        self.limit = limit
    }

    /// The messages that end within these bytes.
    package mutating func feed(_ input: some Collection<UInt8>) -> [Message] {
        var messages: [Message] = []
        var rest = Array(input)[...]
        while let byte = rest.first {
            switch step {
            case .start:
                // What stands between messages.
                if byte == 0x0A || byte == 0x0D || byte == 0 || byte == 0x20 {
                    rest = rest.dropFirst()
                } else {
                    step = byte &- 0x31 < 9 ? .length : .line
                }
            case .length:
                rest = rest.dropFirst()
                readLength(byte)
            case .counted(let count):
                let part = rest.prefix(count)
                keep(part)
                rest = rest.dropFirst(part.count)
                step = .counted(count - part.count)
                if part.count == count { messages.append(finish()) }
            case .line:
                guard let end = rest.firstIndex(of: 0x0A) else {
                    keep(rest)
                    return messages
                }
                keep(rest[..<end])
                rest = rest[(end + 1)...]
                messages.append(finish())
            }
        }
        return messages
    }

    /// What was not ended when the stream was: a sender may leave out the last line feed.
    package mutating func end() -> Message? {
        if case .line = step, !bytes.isEmpty { return finish() }
        return nil
    }

    private mutating func readLength(_ byte: UInt8) {
        if byte &- 0x30 < 10, bytes.count < Self.lengthDigits {
            bytes.append(byte)
        } else if byte == 0x20 {
            let count = bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            bytes = []
            step = .counted(count)
        } else {
            // No length after all: a line that begins with digits.
            bytes.append(byte)
            step = .line
            if byte == 0x0A {
                bytes = []
                step = .start
            }
        }
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        let room = limit - bytes.count
        bytes.append(contentsOf: part.prefix(max(0, room)))
        if part.count > room { isCut = true }
    }

    private mutating func finish() -> Message {
        defer {
            bytes = []
            isCut = false
            step = .start
        }
        return Message(bytes: bytes, isCut: isCut)
    }
}

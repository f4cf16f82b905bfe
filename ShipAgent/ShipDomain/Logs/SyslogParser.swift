import FleetModel

/// Reads one syslog message, RFC 5424 or what passes for RFC 3164; never fails.
///
/// What can't be made out is kept: a message without any known form becomes a record with the whole
/// text, from the sender's address, severity notice.
package struct SyslogParser: Sendable {
    private let messageLimit: Int

    package init(messageLimit: Int) {
        self.messageLimit = messageLimit
    }

    private struct Fields {
        var priority = 13
        var time: String?
        var host: String
        var app = ""
        var procid = ""
        var msgid = ""
        var labels: [LabelSet.Label] = []
        var rest: ArraySlice<UInt8>
    }

    /// - Parameters:
    ///   - sender: the address it came from.
    ///   - now: when it came.
    package func record(
        _ bytes: some Collection<UInt8>,
        from sender: String,
        at now: Timestamp
    ) -> LogRecord {
        var text = Array(bytes)[...]
        // Senders end a message with what they like.
        while let last = text.last, last == 0x0A || last == 0x0D || last == 0 { text.removeLast() }
        var fields = Fields(host: sender, rest: text)
        if let priority = Self.priority(&fields.rest) {
            fields.priority = priority
            if fields.rest.starts(with: [0x31, 0x20]) {
                Self.readNew(&fields)
            } else {
                Self.readOld(&fields)
            }
        }
        let time = LogTime.judge(fields.time, at: now)
        if let label = time.label { fields.labels.append(label) }
        return LogRecord(
            bounding: fields.rest,
            at: time.at,
            severity: LogRecord.Severity(rawValue: UInt8(fields.priority & 7)) ?? .notice,
            facility: UInt8(fields.priority >> 3),
            host: fields.host,
            app: fields.app,
            procid: fields.procid,
            msgid: fields.msgid,
            labels: fields.labels,
            limit: messageLimit
        )
    }

    /// A message of a stream; one that was cut on its way in says so.
    package func record(
        _ message: SyslogFramer.Message,
        from sender: String,
        at now: Timestamp
    ) -> LogRecord {
        let record = record(message.bytes, from: sender, at: now)
        guard message.isCut else { return record }
        let label = LabelSet.Label(LogRecord.truncatedLabel, "more than \(message.bytes.count)")
        return LogRecord(
            at: record.at,
            severity: record.severity,
            facility: record.facility,
            host: record.host,
            app: record.app,
            procid: record.procid,
            msgid: record.msgid,
            structured: LabelSet(record.structured.labels + [label]),
            message: record.message
        )
    }

    /// `<0>` to `<191>`.
    private static func priority(_ text: inout ArraySlice<UInt8>) -> Int? {
        guard text.first == UInt8(ascii: "<") else { return nil }
        let digits = text.dropFirst().prefix(4).prefix { $0 &- 0x30 < 10 }
        let end = digits.endIndex
        guard (1...3).contains(digits.count), end < text.endIndex, text[end] == UInt8(ascii: ">")
        else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard value <= 191 else { return nil }
        text = text[(end + 1)...]
        return value
    }

    // MARK: RFC 5424

    private static func readNew(_ fields: inout Fields) {
        var rest = fields.rest.dropFirst(2)
        var words: [String] = []
        for _ in 0..<5 {
            guard let word = word(&rest) else { return }
            words.append(word == "-" ? "" : word)
        }
        guard let labels = StructuredData.read(&rest) else { return }
        if rest.first == 0x20 { rest = rest.dropFirst() }
        // A byte order mark says that it is UTF-8, which it is taken for anyway.
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        fields.time = words[0].isEmpty ? nil : words[0]
        if !words[1].isEmpty { fields.host = words[1] }
        fields.app = words[2]
        fields.procid = words[3]
        fields.msgid = words[4]
        fields.labels = labels
        fields.rest = rest
    }

    /// Up to the next space, which is taken too.
    private static func word(_ rest: inout ArraySlice<UInt8>, limit: Int = 255) -> String? {
        let word = rest.prefix(limit + 1).prefix { $0 != 0x20 }
        guard !word.isEmpty, word.count <= limit, word.endIndex < rest.endIndex else { return nil }
        rest = rest[(word.endIndex + 1)...]
        return String(decoding: word, as: UTF8.self)
    }

    // MARK: RFC 3164

    private static let months: Set<String> = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Nov 21 15:44:58 host tag[pid]: message`, with any of it missing.
    private static func readOld(_ fields: inout Fields) {
        var rest = fields.rest
        if isOldTime(rest) {
            // It names neither year nor time zone: the time of arrival says more.
            rest = rest.dropFirst(16)
        } else {
            var ahead = rest
            if let word = word(&ahead), word.contains("T"), Timestamp(parsing: word) != nil {
                fields.time = word
                rest = ahead
            }
        }
        var ahead = rest
        // A host is a word that doesn't end as a tag does.
        if rest.startIndex != fields.rest.startIndex, let word = word(&ahead),
            !word.hasSuffix(":"), !word.contains("["), tag(in: ahead) != nil || !ahead.isEmpty
        {
            fields.host = word
            rest = ahead
        }
        if let tag = tag(in: rest) {
            fields.app = tag.name
            fields.procid = tag.procid
            rest = tag.rest
        }
        fields.rest = rest
    }

    private static func isOldTime(_ text: ArraySlice<UInt8>) -> Bool {
        let time = Array(text.prefix(16))
        guard time.count == 16, time[3] == 0x20, time[6] == 0x20, time[9] == 0x3A,
            time[12] == 0x3A, time[15] == 0x20
        else { return false }
        return months.contains(String(decoding: time[..<3], as: UTF8.self))
    }

    /// `name: ` or `name[pid]: `.
    private static func tag(
        in text: ArraySlice<UInt8>
    ) -> (name: String, procid: String, rest: ArraySlice<UInt8>)? {
        let name = text.prefix(64).prefix { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
                || [0x2D, 0x2E, 0x2F, 0x5F].contains(byte)
        }
        guard !name.isEmpty else { return nil }
        var rest = text[name.endIndex...]
        var procid = ""
        if rest.first == 0x5B {
            let inner = rest.dropFirst().prefix(129).prefix { $0 != 0x5D && $0 > 0x20 }
            guard inner.endIndex < rest.endIndex, rest[inner.endIndex] == 0x5D else { return nil }
            procid = String(decoding: inner, as: UTF8.self)
            rest = rest[(inner.endIndex + 1)...]
        }
        guard rest.first == 0x3A else { return nil }
        rest = rest.dropFirst()
        if rest.first == 0x20 { rest = rest.dropFirst() }
        return (String(decoding: name, as: UTF8.self), procid, rest)
    }
}

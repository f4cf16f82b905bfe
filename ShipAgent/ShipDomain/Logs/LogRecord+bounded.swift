import FleetModel

extension LogRecord {
    /// The label that tells how long a message was that had to be cut.
    package static let truncatedLabel = "hawser.truncated_from_bytes"

    /// A record that can be stored, whatever a sender put into it: texts too long are cut at a
    /// character, a NUL becomes U+FFFD, and a message that was cut says so in its structured data.
    package init(
        bounding message: some Collection<UInt8>,
        at: Timestamp,
        severity: Severity,
        facility: UInt8 = 1,
        host: String = "",
        app: String = "",
        procid: String = "",
        msgid: String = "",
        labels: [LabelSet.Label] = [],
        limit: Int = Limits.logMessageBytes
    ) {
        let limit = min(limit, Limits.logMessageBytes)
        let text = String(decoding: message, as: UTF8.self).bounded(to: limit)
        var kept: [LabelSet.Label] = []
        var room = Limits.logMessageBytes
        for label in labels.prefix(Limits.labelsPerSeries - 1) {
            let name = label.name.bounded(to: Limits.labelNameBytes)
            let value = label.value.bounded(to: Limits.labelValueBytes)
            room -= name.utf8.count + value.utf8.count
            // A record must fit in a segment, whatever it holds.
            guard room >= 0 else { break }
            kept.append(LabelSet.Label(name, value))
        }
        if message.count > limit {
            kept.append(LabelSet.Label(Self.truncatedLabel, "\(message.count)"))
        }
        self.init(
            at: at,
            severity: severity,
            facility: min(facility, 23),
            host: host.bounded(to: Limits.logFieldBytes),
            app: app.bounded(to: Limits.logFieldBytes),
            procid: procid.bounded(to: Limits.logFieldBytes),
            msgid: msgid.bounded(to: Limits.logFieldBytes),
            structured: LabelSet(kept),
            message: text
        )
    }
}

extension String {
    /// At most so many bytes, cut before a character of several, without NUL.
    fileprivate func bounded(to limit: Int) -> String {
        guard utf8.count > limit || utf8.contains(0) else { return self }
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in unicodeScalars {
            let kept: Unicode.Scalar = scalar == "\0" ? "\u{FFFD}" : scalar
            count += UTF8.width(kept)
            guard count <= limit else { break }
            result.append(kept)
        }
        return String(result)
    }
}

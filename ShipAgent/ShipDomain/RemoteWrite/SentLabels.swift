import FleetModel

/// The labels of one series as they were sent: version 1's label fields, one after another.
enum SentLabels {
    /// - Returns: `nil` for what is no valid set: a name that is empty or stands there twice, no
    ///   name of the metric, bytes that are not UTF-8.
    static func read(
        _ range: Range<Int>,
        _ bytes: Span<UInt8>
    ) throws(RemoteWriteError) -> LabelSet? {
        var cursor = ProtobufCursor(range)
        var labels: [LabelSet.Label] = []
        var names: Set<String> = []
        while !cursor.isAtEnd {
            _ = try cursor.varint(bytes)
            var fields = ProtobufCursor(try cursor.content(bytes))
            var name = 0..<0
            var value = 0..<0
            while !fields.isAtEnd {
                let tag = try fields.varint(bytes)
                switch tag {
                case 1 << 3 | 2: name = try fields.content(bytes)
                case 2 << 3 | 2: value = try fields.content(bytes)
                default: try fields.skip(tag, bytes)
                }
            }
            guard let nameText = text(name, bytes), let valueText = text(value, bytes),
                !nameText.isEmpty, names.insert(nameText).inserted
            else { return nil }
            labels.append(LabelSet.Label(nameText, valueText))
            // Far beyond what may be kept: not worth the work.
            guard labels.count <= Limits.labelsPerSeries * 4 else { return nil }
        }
        let set = LabelSet(labels)
        return set.name.isEmpty ? nil : set
    }

    private static func text(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String? {
        bytes.extracting(range).withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
    }
}

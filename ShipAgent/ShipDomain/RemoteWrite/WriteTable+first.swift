import FleetModel

/// Version 1: `prometheus.WriteRequest`.
extension WriteTable {
    /// - Parameter bytes: the message, unpacked.
    package init(first bytes: [UInt8]) throws(RemoteWriteError) {
        self.init()
        try readFirst(bytes.span)
        setTexts(bytes)
    }

    private mutating func readFirst(_ bytes: Span<UInt8>) throws(RemoteWriteError) {
        var cursor = ProtobufCursor(0..<bytes.count)
        while !cursor.isAtEnd {
            let tag = try cursor.varint(bytes)
            switch tag {
            case 1 << 3 | 2: try readSeries(try cursor.content(bytes), bytes)
            case 3 << 3 | 2: try readMetadata(try cursor.content(bytes), bytes)
            default: try cursor.skip(tag, bytes)
            }
        }
    }

    private mutating func readSeries(
        _ range: Range<Int>,
        _ bytes: Span<UInt8>
    ) throws(RemoteWriteError) {
        var cursor = ProtobufCursor(range)
        var labels = range.lowerBound..<range.lowerBound
        while !cursor.isAtEnd {
            let start = cursor.position
            let tag = try cursor.varint(bytes)
            switch tag {
            case 1 << 3 | 2:
                _ = try cursor.content(bytes)
                if labels.isEmpty {
                    labels = start..<cursor.position
                } else {
                    guard labels.upperBound == start else { throw .scatteredLabels }
                    labels = labels.lowerBound..<cursor.position
                }
            case 2 << 3 | 2: try readSample(try cursor.content(bytes), bytes)
            case 3 << 3 | 2:
                _ = try cursor.content(bytes)
                exemplars += 1
            case 4 << 3 | 2:
                _ = try cursor.content(bytes)
                histograms += 1
            default: try cursor.skip(tag, bytes)
            }
        }
        try append(
            Series(
                labels: UInt32(
                    truncatingIfNeeded: labels.lowerBound
                )..<UInt32(truncatingIfNeeded: labels.upperBound),
                samplesEnd: UInt32(truncatingIfNeeded: times.count),
                kind: nil
            )
        )
    }

    private mutating func readMetadata(
        _ range: Range<Int>,
        _ bytes: Span<UInt8>
    ) throws(RemoteWriteError) {
        var cursor = ProtobufCursor(range)
        var kind = SeriesKind.unknown
        var name = ""
        while !cursor.isAtEnd {
            let tag = try cursor.varint(bytes)
            switch tag {
            case 1 << 3 | 0: kind = SeriesKind(metricType: try cursor.varint(bytes))
            case 2 << 3 | 2: name = try text(try cursor.content(bytes), bytes)
            default: try cursor.skip(tag, bytes)
            }
        }
        guard families.count < RemoteWriteLimits.families else { return }
        families.append((name, kind))
    }
}

extension SeriesKind {
    /// Both versions number the types alike.
    init(metricType: UInt64) {
        switch metricType {
        case 1: self = .counter
        case 2: self = .gauge
        case 3: self = .histogram
        case 4: self = .gaugeHistogram
        case 5: self = .summary
        case 6: self = .info
        case 7: self = .stateSet
        default: self = .unknown
        }
    }
}

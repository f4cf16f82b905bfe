import FleetModel

/// Version 2: `io.prometheus.write.v2.Request`, whose labels refer to a list of symbols.
extension WriteTable {
    /// - Parameter bytes: the message, unpacked.
    package init(second bytes: [UInt8]) throws(RemoteWriteError) {
        self.init()
        let span = bytes.span
        // Symbols may stand behind the series that refer to them, by the rules of protobuf.
        var symbols: [Range<Int>] = []
        var cursor = ProtobufCursor(0..<span.count)
        while !cursor.isAtEnd {
            let tag = try cursor.varint(span)
            guard tag == 4 << 3 | 2 else {
                try cursor.skip(tag, span)
                continue
            }
            symbols.append(try cursor.content(span))
            guard symbols.count <= RemoteWriteLimits.symbols else { throw .symbols }
        }
        guard symbols.isEmpty || symbols[0].isEmpty else { throw .symbols }
        cursor = ProtobufCursor(0..<span.count)
        while !cursor.isAtEnd {
            let tag = try cursor.varint(span)
            guard tag == 5 << 3 | 2 else {
                try cursor.skip(tag, span)
                continue
            }
            try readSeries(try cursor.content(span), symbols, span)
        }
    }

    private mutating func readSeries(
        _ range: Range<Int>,
        _ symbols: [Range<Int>],
        _ bytes: Span<UInt8>
    ) throws(RemoteWriteError) {
        var cursor = ProtobufCursor(range)
        let start = texts.count
        var pendingName: Range<Int>?
        var kind: SeriesKind?
        while !cursor.isAtEnd {
            let tag = try cursor.varint(bytes)
            switch tag {
            case 1 << 3 | 2:
                var references = ProtobufCursor(try cursor.content(bytes))
                while !references.isAtEnd {
                    try take(try references.varint(bytes), symbols, &pendingName, bytes)
                }
            case 1 << 3 | 0: try take(try cursor.varint(bytes), symbols, &pendingName, bytes)
            case 2 << 3 | 2: try readSample(try cursor.content(bytes), bytes)
            case 3 << 3 | 2:
                _ = try cursor.content(bytes)
                histograms += 1
            case 4 << 3 | 2:
                _ = try cursor.content(bytes)
                exemplars += 1
            case 5 << 3 | 2: kind = try metricType(try cursor.content(bytes), bytes)
            case 6 << 3 | 0:
                _ = try cursor.varint(bytes)
                createdTimestamps += 1
            default: try cursor.skip(tag, bytes)
            }
        }
        guard pendingName == nil, texts.count <= Int(UInt32.max) else { throw .symbols }
        try append(
            Series(
                labels: UInt32(
                    truncatingIfNeeded: start
                )..<UInt32(truncatingIfNeeded: texts.count),
                samplesEnd: UInt32(truncatingIfNeeded: times.count),
                kind: kind
            )
        )
    }

    /// Takes a label's name, or its value and writes both as version 1 does: the same series is the
    /// same text then, whichever version it came in.
    private mutating func take(
        _ reference: UInt64,
        _ symbols: [Range<Int>],
        _ pendingName: inout Range<Int>?,
        _ bytes: Span<UInt8>
    ) throws(RemoteWriteError) {
        guard reference < UInt64(symbols.count) else { throw .symbols }
        let symbol = symbols[Int(reference)]
        guard let name = pendingName else {
            pendingName = symbol
            return
        }
        pendingName = nil
        // Many references to one long symbol could grow a small request into a large one.
        guard texts.count + name.count + symbol.count + 16 <= RemoteWriteLimits.decodedBytes else {
            throw .tooLong(limit: RemoteWriteLimits.decodedBytes)
        }
        appendByte(1 << 3 | 2)
        appendVarint(
            2 + Self.varintLength(name.count) + name.count
                + Self.varintLength(symbol.count) + symbol.count
        )
        appendByte(1 << 3 | 2)
        appendVarint(name.count)
        appendText(bytes, name)
        appendByte(2 << 3 | 2)
        appendVarint(symbol.count)
        appendText(bytes, symbol)
    }

    private func metricType(
        _ range: Range<Int>,
        _ bytes: Span<UInt8>
    ) throws(RemoteWriteError) -> SeriesKind {
        var cursor = ProtobufCursor(range)
        var kind = SeriesKind.unknown
        while !cursor.isAtEnd {
            let tag = try cursor.varint(bytes)
            if tag == 1 << 3 | 0 {
                kind = SeriesKind(metricType: try cursor.varint(bytes))
            } else {
                try cursor.skip(tag, bytes)
            }
        }
        return kind
    }

    private static func varintLength(_ value: Int) -> Int {
        value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4
    }
}

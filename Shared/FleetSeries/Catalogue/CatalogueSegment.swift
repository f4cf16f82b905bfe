import FleetModel

/// Series definitions on their way ashore: a run of the ship's catalogue.
package enum CatalogueSegment {
    /// Definitions in one segment, and their labels: what a decoder may allocate (a label takes 32
    /// bytes, so 32 MB), several times what fits in a segment's sealed bytes.
    static let definitionLimit = 65_536
    static let labelLimit = 1_048_576
    /// Bytes of all texts, each counted once with its end: what bounds a decoder's time (a second
    /// or so), for a text that was expected takes next to no bytes.
    static let textLimit = 1_048_576

    /// Ends of names that tell what kind a metric is of; the order is part of the format.
    static let suffixes: [[UInt8]] = [
        "_total", "_bucket", "_sum", "_count", "_info", "_seconds", "_bytes",
    ].map { Array($0.utf8) }

    /// Definitions in number order without a gap.
    ///
    /// Throws `.tooLarge` when they must be split, `.aboveLimit` for labels beyond `Limits`,
    /// `.invalidInput` for a gap or none at all.
    package static func encode(
        _ definitions: [SeriesDefinition]
    ) throws(SegmentError) -> SealedSegment {
        guard let first = definitions.first, let last = definitions.last else {
            throw SegmentError(.invalidInput, "a catalogue segment without definitions")
        }
        try check(definitions, from: first.number)
        var writer = SegmentEnvelope.open(.catalogue, version: 2)
        writer.writeVarint(definitions.count)
        writer.writeVarint(UInt64(first.number.rawValue))
        var coder = CatalogueCoder(
            direction: RangeEncoder(reserving: definitions.count * 4),
            count: definitions.count
        )
        for definition in definitions { _ = try coder.code(CatalogueEntry(definition)) }
        var direction = coder.model.direction
        direction.finish()
        writer.writeBytes(direction.bytes)
        let bytes = try SegmentEnvelope.seal(writer)
        return SealedSegment(
            bytes: bytes,
            recordCount: definitions.count,
            first: Timestamp(milliseconds: 0),
            last: Timestamp(milliseconds: 0),
            watermark: last.number.rawValue + 1
        )
    }

    /// Opens a catalogue segment, of version 1 or 2. No bytes make it trap or allocate beyond
    /// `Limits`.
    ///
    /// Label sets come back as they were: sorted by name, each name once, no empty value. Anything
    /// else is `.malformed`.
    package static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(SegmentError) -> [SeriesDefinition] {
        var (flags, reader) = try SegmentEnvelope.read(bytes, as: .catalogue, versions: 1...2)
        let (count, first) = try SegmentError.translating { () throws(ByteError) in
            (
                try reader.readCount(limit: definitionLimit),
                try reader.readCount(limit: Int(Limits.seriesPerShip))
            )
        }
        guard count > 0, first + count <= Int(Limits.seriesPerShip) else {
            throw SegmentError(.aboveLimit, "\(count) definitions from \(first) on")
        }
        if SegmentEnvelope.version(of: bytes) == 1 {
            return try decodeFirst(count: count, first: first, flags: flags, &reader)
        }
        guard flags == 0 else { throw SegmentError(.malformed, "unknown flags \(flags)") }
        let content = try SegmentError.translating { () throws(ByteError) in
            try reader.readBytes(reader.remaining)
        }
        return try content.withUnsafeBufferPointer { content throws(SegmentError) in
            try decode(content, count: count, first: first)
        }
    }

    private static func decode(
        _ content: UnsafeBufferPointer<UInt8>,
        count: Int,
        first: Int
    ) throws(SegmentError) -> [SeriesDefinition] {
        var coder = CatalogueCoder(direction: RangeDecoder(lending: content), count: count)
        var definitions: [SeriesDefinition] = []
        definitions.reserveCapacity(min(count, content.count * 8))
        for number in first..<first + count {
            let entry = try coder.code(CatalogueEntry())
            // Before anything more is made of what an encoder can't have meant.
            guard !coder.model.direction.isExhausted else {
                throw SegmentError(.truncated, "the content ends before its definitions do")
            }
            definitions.append(try entry.definition(number: SeriesNumber(UInt32(number))))
        }
        guard coder.model.direction.isAtEnd else {
            throw SegmentError(.malformed, "bytes behind the definitions")
        }
        return definitions
    }

    private static func check(
        _ definitions: [SeriesDefinition],
        from first: SeriesNumber
    ) throws(SegmentError) {
        let labelCount = definitions.reduce(0) { $0 + $1.labels.labels.count }
        guard definitions.count <= definitionLimit, labelCount <= labelLimit else {
            throw SegmentError(.tooLarge, "\(definitions.count) definitions in one segment")
        }
        let end = UInt64(first.rawValue) + UInt64(definitions.count)
        guard end <= UInt64(Limits.seriesPerShip) else {
            throw SegmentError(
                .aboveLimit,
                "series up to \(end), the limit is \(Limits.seriesPerShip)"
            )
        }
        try checkTexts(definitions)
        for (index, definition) in definitions.enumerated() {
            guard definition.number.rawValue == first.rawValue + UInt32(index) else {
                throw SegmentError(.invalidInput, "definitions with a gap")
            }
            let labels = definition.labels.labels
            guard labels.count <= Limits.labelsPerSeries else {
                throw SegmentError(
                    .aboveLimit,
                    "\(labels.count) labels, the limit is \(Limits.labelsPerSeries)"
                )
            }
            for label in labels {
                let (name, value) = (label.name.utf8.count, label.value.utf8.count)
                guard name <= Limits.labelNameBytes, value <= Limits.labelValueBytes else {
                    throw SegmentError(.aboveLimit, "a label of \(name) and \(value) bytes")
                }
            }
        }
    }

    /// What the coder would find out after it had coded a mebibyte of texts.
    private static func checkTexts(_ definitions: [SeriesDefinition]) throws(SegmentError) {
        var seen: Set<LabelSet.Label> = []
        var bytes = 0
        for definition in definitions {
            for label in definition.labels.labels where seen.insert(label).inserted {
                bytes += label.value.utf8.count + 1
            }
        }
        guard bytes <= textLimit else {
            throw SegmentError(.tooLarge, "\(bytes) bytes of values, the limit is \(textLimit)")
        }
    }
}

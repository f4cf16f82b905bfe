import FleetModel

/// Series definitions on their way ashore: a run of the ship's catalogue.
package enum CatalogueSegment {
    /// Definitions in one segment, and their labels: what a decoder may allocate (a label takes 32
    /// bytes, so 32 MB), several times what fits in a segment's sealed bytes.
    static let definitionLimit = 65_536
    static let labelLimit = 1_048_576

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
        var names = StringTable()
        var values = StringTable()
        var shapes: [[Int]: Int] = [:]
        var shapeList: [[Int]] = []
        var kinds = ByteWriter()
        var shapeColumn = ByteWriter()
        var valueColumns: [ByteWriter] = []
        var known = 0
        for definition in definitions {
            kinds.writeByte(definition.kind.rawValue)
            let shape = definition.labels.labels.map { names.place(of: $0.name) }
            let shapePlace = shapes[shape] ?? shapeList.count
            if shapePlace == shapeList.count {
                shapes[shape] = shapePlace
                shapeList.append(shape)
            }
            shapeColumn.writeVarint(shapePlace)
            for label in definition.labels.labels {
                let name = names.place(of: label.name)
                while valueColumns.count <= name { valueColumns.append(ByteWriter()) }
                // 0 for a string not met before, else how long ago it was first met.
                let place = values.place(of: label.value)
                valueColumns[name].writeVarint(place == known ? 0 : known - place)
                known = values.strings.count
            }
        }
        var body = ByteWriter()
        names.write(to: &body)
        values.write(to: &body)
        body.writeVarint(shapeList.count)
        for shape in shapeList {
            body.writeVarint(shape.count)
            for name in shape { body.writeVarint(name) }
        }
        body.writeBytes(kinds.bytes)
        body.writeBytes(shapeColumn.bytes)
        for column in valueColumns { body.writeBytes(column.bytes) }
        let bytes = try PackedBody.seal(.catalogue, body: body.bytes) { header in
            header.writeVarint(definitions.count)
            header.writeVarint(UInt64(first.number.rawValue))
        }
        return SealedSegment(
            bytes: bytes,
            recordCount: definitions.count,
            first: Timestamp(milliseconds: 0),
            last: Timestamp(milliseconds: 0),
            watermark: last.number.rawValue + 1
        )
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
}

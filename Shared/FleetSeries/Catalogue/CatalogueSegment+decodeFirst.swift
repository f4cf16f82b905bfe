import FleetModel

extension CatalogueSegment {
    /// Opens a segment of version 1: columns in a zstd frame. Nothing writes it any more.
    static func decodeFirst(
        count: Int,
        first: Int,
        flags: UInt8,
        _ reader: inout ByteReader
    ) throws(SegmentError) -> [SeriesDefinition] {
        let body = try PackedBody.open(flags: flags, &reader)
        // Each definition takes two bytes, its kind and its shape, before anything else.
        guard count <= body.count / 2 else {
            throw SegmentError(.truncated, "\(count) definitions in \(body.count) bytes")
        }
        var content = ByteReader(body)
        let raw = try SegmentError.translating { () throws(ByteError) in
            try Columns(from: &content, count: count)
        }
        return try assemble(raw, first: UInt32(first))
    }

    /// The body as it stands, its references not yet resolved.
    private struct Columns {
        let names: [String]
        let values: [String]
        let shapes: [[Int]]
        let kinds: ArraySlice<UInt8>
        /// For each definition, which of `shapes` it has.
        var shapeOf: [Int] = []
        /// For each name, the references of the definitions that have a label of that name.
        var references: [[UInt32]] = []

        init(from reader: inout ByteReader, count: Int) throws(ByteError) {
            names = try StringTable.read(
                from: &reader,
                limit: Limits.labelNameBytes,
                totalLimit: Limits.segmentDecodedBytes
            )
            values = try StringTable.read(
                from: &reader,
                limit: Limits.labelValueBytes,
                totalLimit: Limits.segmentDecodedBytes
            )
            let shapeCount = try reader.readCount(limit: reader.remaining)
            var shapes: [[Int]] = []
            for _ in 0..<shapeCount {
                let size = try reader.readCount(limit: Limits.labelsPerSeries)
                guard size <= reader.remaining else { throw .truncated }
                var shape: [Int] = []
                shape.reserveCapacity(size)
                for _ in 0..<size {
                    shape.append(try reader.readCount(limit: max(names.count - 1, 0)))
                }
                shapes.append(shape)
            }
            self.shapes = shapes
            kinds = try reader.readBytes(count)
            shapeOf.reserveCapacity(count)
            var counts = [Int](repeating: 0, count: names.count)
            var total = 0
            for _ in 0..<count {
                let shape = try reader.readCount(limit: max(shapes.count - 1, 0))
                guard shape < shapes.count else { throw .aboveLimit(value: 0, limit: 0) }
                shapeOf.append(shape)
                total += shapes[shape].count
                guard total <= labelLimit else {
                    throw .aboveLimit(value: UInt64(total), limit: labelLimit)
                }
                for name in shapes[shape] {
                    guard name < counts.count else { throw .aboveLimit(value: 0, limit: 0) }
                    counts[name] += 1
                }
            }
            for count in counts {
                guard count <= reader.remaining else { throw .truncated }
                var column: [UInt32] = []
                column.reserveCapacity(count)
                for _ in 0..<count {
                    column.append(UInt32(try reader.readCount(limit: values.count)))
                }
                references.append(column)
            }
            try reader.finish()
        }
    }

    private static func assemble(
        _ columns: Columns,
        first: UInt32
    ) throws(SegmentError) -> [SeriesDefinition] {
        var result: [SeriesDefinition] = []
        result.reserveCapacity(columns.shapeOf.count)
        var cursors = [Int](repeating: 0, count: columns.names.count)
        var known = 0
        for (index, shape) in columns.shapeOf.enumerated() {
            var labels: [LabelSet.Label] = []
            labels.reserveCapacity(columns.shapes[shape].count)
            for name in columns.shapes[shape] {
                let reference = Int(columns.references[name][cursors[name]])
                cursors[name] += 1
                let place = known - reference
                guard place >= 0, place < columns.values.count else {
                    throw SegmentError(.malformed, "a label refers to no value")
                }
                if reference == 0 { known += 1 }
                labels.append(LabelSet.Label(columns.names[name], columns.values[place]))
            }
            guard let kind = SeriesKind(rawValue: columns.kinds[columns.kinds.startIndex + index])
            else { throw SegmentError(.malformed, "an unknown kind of series") }
            let set = LabelSet(labels)
            guard set.labels == labels else {
                throw SegmentError(.malformed, "labels not sorted, repeated or empty")
            }
            result.append(
                SeriesDefinition(
                    number: SeriesNumber(first + UInt32(index)),
                    labels: set,
                    kind: kind
                )
            )
        }
        guard known == columns.values.count else {
            throw SegmentError(.malformed, "values that no label has")
        }
        return result
    }
}

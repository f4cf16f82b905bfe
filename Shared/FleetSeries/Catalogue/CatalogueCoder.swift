import FleetModel

/// Codes definitions, each in the light of those before it, in either direction (see `BitCoder`).
struct CatalogueCoder<Direction: BitCoder>: ~Copyable {
    var model: ModelCoder<Direction>
    private let text: TextModel
    private var textBytes = 0
    private var labelCount = 0
    /// Place 0 is `__name__`.
    private var labelNames = Vocabulary()
    /// By a label's place among `labelNames`.
    private var vocabularies = [Vocabulary()]
    private var shapes: [[Int]] = []
    private var shapePlaces: [[Int]: Int] = [:]
    private var rows: [CatalogueRow] = []
    /// The row that came behind the last one with that key.
    private var following: [CatalogueRow.Key: Int] = [:]
    private var nameHistory = 0
    private var candidateHistory = 0
    private var shapeHistory = 0

    /// - Parameter count: definitions in the segment. A few need no memory for many.
    init(direction: Direction, count: Int) {
        text = TextModel(cellBits: count < 128 ? 14 : 17)
        model = ModelCoder(
            direction: direction,
            probabilities: [Probability](repeating: Probability(), count: CatalogueLayout.size)
        )
        labelNames.use(labelNames.add(Array(LabelSet.nameLabel.utf8)))
    }

    /// Throws `.malformed` or `.aboveLimit` for what no encoder says, and `.tooLarge` for more text
    /// or labels than a segment may have.
    mutating func code(
        _ definition: CatalogueEntry
    ) throws(SegmentError) -> CatalogueEntry {
        let previous = rows.last
        let guess = previous.flatMap { following[$0.key] }
        var row = CatalogueRow()
        try codeName(definition, &row, previous: previous, guess: guess)
        codeResolution(definition, &row, previous: previous)
        if try !codeCandidate(definition, &row, guess: guess) {
            try codeShape(definition, &row, previous: previous)
            var hasChanged = false
            for (index, label) in shapes[row.shape].enumerated() {
                let value = index < definition.values.count ? definition.values[index] : []
                let place = try codeValue(value, label: label, hasChanged: &hasChanged)
                row.values.append(Int32(place))
            }
        }
        let shape = shapes[row.shape]
        labelCount += shape.count
        guard labelCount <= CatalogueSegment.labelLimit else {
            throw SegmentError(.tooLarge, "\(labelCount) labels in one segment")
        }
        vocabularies[0].use(row.name)
        for (label, value) in zip(shape, row.values) { vocabularies[label].use(Int(value)) }
        if let previous { following[previous.key] = rows.count }
        rows.append(row)
        return entry(of: row)
    }

    private func entry(of row: CatalogueRow) -> CatalogueEntry {
        let shape = shapes[row.shape]
        return CatalogueEntry(
            name: vocabularies[0].texts[row.name],
            labels: shape.map { labelNames.texts[$0] },
            values: zip(shape, row.values).map { vocabularies[$0].texts[Int($1)] },
            kind: row.kind,
            resolution: row.resolution
        )
    }

    private mutating func codeName(
        _ definition: CatalogueEntry,
        _ row: inout CatalogueRow,
        previous: CatalogueRow?,
        guess: Int?
    ) throws(SegmentError) {
        typealias Layout = CatalogueLayout
        if let previous {
            let expected = guess.map { rows[$0].isSameName ? 1 : 2 } ?? 0
            let isEqual =
                definition.kind == previous.kind
                && vocabularies[0].place(of: definition.name) == previous.name
            row.isSameName = model.code(
                isEqual,
                Layout.sameName + expected * 4 + nameHistory
            )
            nameHistory = nameHistory << 1 & 3 | (row.isSameName ? 1 : 0)
        }
        if let previous, row.isSameName {
            row.name = previous.name
            row.kind = previous.kind
            return
        }
        row.name = try codeWord(definition.name, label: 0, limit: Limits.labelValueBytes)
        let suffix = Self.suffixPlace(vocabularies[0].texts[row.name])
        let kindBefore = Int((previous?.kind ?? .unknown).rawValue)
        let coded = model.codeTree(
            Int(definition.kind.rawValue),
            width: 3,
            Layout.kind + (suffix * 8 + kindBefore) * 8
        )
        guard let kind = SeriesKind(rawValue: UInt8(coded)) else {
            throw SegmentError(.malformed, "an unknown kind of series")
        }
        row.kind = kind
    }

    /// What a name ends in says much about its kind.
    private static func suffixPlace(_ name: [UInt8]) -> Int {
        (CatalogueSegment.suffixes.firstIndex { name.suffix($0.count).elementsEqual($0) } ?? -1) + 1
    }

    private mutating func codeResolution(
        _ definition: CatalogueEntry,
        _ row: inout CatalogueRow,
        previous: CatalogueRow?
    ) {
        typealias Layout = CatalogueLayout
        let before = previous?.resolution
        if model.code(definition.resolution == before, Layout.resolution + (row.isSameName ? 1 : 0))
        {
            row.resolution = before
            return
        }
        guard model.code(definition.resolution != nil, Layout.resolution + 2) else { return }
        let coefficient = model.codeNumber(
            UInt64(definition.resolution?.coefficient ?? 0),
            Layout.coefficient
        )
        let exponent = model.codeSigned(
            Int64(definition.resolution?.exponent ?? 0),
            Layout.exponent
        )
        // What is out of range, which no encoder says, is read as none.
        row.resolution = Resolution(
            coefficient: UInt32(clamping: coefficient),
            exponent: Int(clamping: exponent)
        )
    }

    /// Whether the labels are those that followed the last time; then `row` has them.
    private mutating func codeCandidate(
        _ definition: CatalogueEntry,
        _ row: inout CatalogueRow,
        guess: Int?
    ) throws(SegmentError) -> Bool {
        guard let guess, rows[guess].isSameName == row.isSameName else { return false }
        let candidate = rows[guess]
        var isEqual = false
        if Direction.isEncoder {
            let expected = entry(of: candidate)
            isEqual = expected.labels == definition.labels && expected.values == definition.values
        }
        let isCandidate = model.code(
            isEqual,
            CatalogueLayout.candidate + candidateHistory * 2 + (row.isSameName ? 1 : 0)
        )
        candidateHistory = candidateHistory << 1 & 7 | (isCandidate ? 1 : 0)
        guard isCandidate else { return false }
        row.shape = candidate.shape
        row.values = candidate.values
        return true
    }

    private mutating func codeShape(
        _ definition: CatalogueEntry,
        _ row: inout CatalogueRow,
        previous: CatalogueRow?
    ) throws(SegmentError) {
        typealias Layout = CatalogueLayout
        let known = definition.labels.compactMap { labelNames.place(of: $0) }
        let wanted = known.count == definition.labels.count ? shapePlaces[known] : nil
        if let previous {
            let isSame = model.code(
                wanted == previous.shape,
                Layout.sameShape + shapeHistory * 2 + (row.isSameName ? 1 : 0)
            )
            shapeHistory = shapeHistory << 1 & 3 | (isSame ? 1 : 0)
            if isSame {
                row.shape = previous.shape
                return
            }
            if model.code(wanted != nil, Layout.knownShape + (row.isSameName ? 1 : 0)) {
                row.shape = try codePlace(wanted, count: shapes.count, Layout.shapePlace)
                return
            }
        }
        let shape = try codeNewShape(definition)
        row.shape = shapes.count
        shapePlaces[shape] = shapes.count
        shapes.append(shape)
    }

    private mutating func codeNewShape(_ definition: CatalogueEntry) throws(SegmentError) -> [Int] {
        typealias Layout = CatalogueLayout
        let size = model.codeNumber(UInt64(definition.labels.count), Layout.shapeSize)
        guard size <= UInt64(Limits.labelsPerSeries) else {
            throw SegmentError(.aboveLimit, "\(size) labels")
        }
        var shape: [Int] = []
        for index in 0..<Int(size) {
            let name = index < definition.labels.count ? definition.labels[index] : []
            let place = labelNames.place(of: name)
            if model.code(place != nil, Layout.knownLabel) {
                shape.append(try codePlace(place, count: labelNames.texts.count, Layout.labelPlace))
            } else {
                let coded = try codeText(name, beside: [], role: 1, limit: Limits.labelNameBytes)
                shape.append(labelNames.add(coded))
                vocabularies.append(Vocabulary())
            }
        }
        let names = shape.map { labelNames.texts[$0] }
        let isAscending = zip(names, names.dropFirst()).allSatisfy {
            $0.lexicographicallyPrecedes($1)
        }
        guard isAscending, !shape.contains(0) else {
            throw SegmentError(.malformed, "labels not sorted, or repeated")
        }
        return shape
    }

    private mutating func codeValue(
        _ value: [UInt8],
        label: Int,
        hasChanged: inout Bool
    ) throws(SegmentError) -> Int {
        let slot = min(label, CatalogueLayout.slotCount - 1)
        if let last = vocabularies[label].last {
            let context =
                slot * 8 + vocabularies[label].sameHistory * 2 + (hasChanged ? 1 : 0)
            let isSame = model.code(
                vocabularies[label].place(of: value) == last,
                CatalogueLayout.same + context
            )
            vocabularies[label].sameHistory =
                vocabularies[label].sameHistory << 1 & 3 | (isSame ? 1 : 0)
            if isSame { return last }
            hasChanged = true
        }
        let place = try codeWord(value, label: label, limit: Limits.labelValueBytes)
        guard !vocabularies[label].texts[place].isEmpty else {
            throw SegmentError(.malformed, "a label without a value")
        }
        return place
    }

    /// A value of a label that is not the one before.
    private mutating func codeWord(
        _ value: [UInt8],
        label: Int,
        limit: Int
    ) throws(SegmentError) -> Int {
        typealias Layout = CatalogueLayout
        let slot = min(label, Layout.slotCount - 1)
        let wanted = vocabularies[label].place(of: value)
        if let next = vocabularies[label].successor {
            let isNext = model.code(
                wanted == next,
                Layout.next + slot * 4 + vocabularies[label].nextHistory
            )
            vocabularies[label].nextHistory =
                vocabularies[label].nextHistory << 1 & 3 | (isNext ? 1 : 0)
            if isNext { return next }
        }
        let count = vocabularies[label].texts.count
        if count > 0, model.code(wanted != nil, Layout.known + slot) {
            return try codePlace(wanted, count: count, Layout.place)
        }
        let beside = vocabularies[label].last.map { vocabularies[label].texts[$0] } ?? []
        let role = UInt32(truncatingIfNeeded: label + 2)
        let coded = try codeText(value, beside: beside, role: role, limit: limit)
        return vocabularies[label].add(coded)
    }

    /// A place in a list, counted from its end.
    private mutating func codePlace(
        _ place: Int?,
        count: Int,
        _ context: Int
    ) throws(SegmentError) -> Int {
        let distance = model.codeNumber(UInt64(count - 1 - (place ?? 0)), context)
        guard distance < UInt64(count) else {
            throw SegmentError(.malformed, "a place outside of its list")
        }
        return count - 1 - Int(distance)
    }

    private mutating func codeText(
        _ value: [UInt8],
        beside: [UInt8],
        role: UInt32,
        limit: Int
    ) throws(SegmentError) -> [UInt8] {
        let left = min(limit, CatalogueSegment.textLimit - textBytes)
        guard let coded = text.code(value, beside: beside, role: role, limit: left, &model) else {
            throw SegmentError(.tooLarge, "a text of more than \(left) bytes")
        }
        // One more for its end, which takes as long to decode as any byte.
        textBytes += coded.count + 1
        guard textBytes <= CatalogueSegment.textLimit else {
            throw SegmentError(.tooLarge, "texts of more than \(CatalogueSegment.textLimit) bytes")
        }
        return coded
    }
}

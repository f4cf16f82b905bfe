import FleetModel

/// A definition taken apart: bytes to be coded. A decoder is given an empty one to fill.
struct CatalogueEntry {
    /// Empty for a series without a name.
    var name: [UInt8] = []
    /// The other labels' names, ascending.
    var labels: [[UInt8]] = []
    var values: [[UInt8]] = []
    var kind = SeriesKind.unknown
    var resolution: Resolution?

    init() {}

    init(
        name: [UInt8],
        labels: [[UInt8]],
        values: [[UInt8]],
        kind: SeriesKind,
        resolution: Resolution?
    ) {
        self.name = name
        self.labels = labels
        self.values = values
        self.kind = kind
        self.resolution = resolution
    }

    init(_ definition: SeriesDefinition) {
        for label in definition.labels.labels {
            if label.name == LabelSet.nameLabel {
                name = Array(label.value.utf8)
            } else {
                labels.append(Array(label.name.utf8))
                values.append(Array(label.value.utf8))
            }
        }
        kind = definition.kind
        resolution = definition.resolution
    }

    /// Throws `.malformed` for bytes that are not UTF-8.
    func definition(number: SeriesNumber) throws(SegmentError) -> SeriesDefinition {
        var result: [LabelSet.Label] = []
        result.reserveCapacity(labels.count + 1)
        result.append(LabelSet.Label(LabelSet.nameLabel, try Self.text(name)))
        for (label, value) in zip(labels, values) {
            result.append(LabelSet.Label(try Self.text(label), try Self.text(value)))
        }
        return SeriesDefinition(
            number: number,
            labels: LabelSet(result),
            kind: kind,
            resolution: resolution
        )
    }

    private static func text(_ bytes: [UInt8]) throws(SegmentError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SegmentError(.notUTF8)
        }
        return text
    }
}

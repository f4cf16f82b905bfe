import FleetModel

/// One definition as places in the vocabularies.
struct CatalogueRow: Equatable {
    /// Of the metric's name among the values of label 0, `__name__`.
    var name = 0
    /// Of the list of its other labels.
    var shape = 0
    /// Of those labels' values.
    var values: [Int32] = []
    var kind = SeriesKind.unknown
    var resolution: Resolution?
    /// Whether name and kind are those of the definition before.
    var isSameName = false

    /// What the definition behind it is guessed by.
    struct Key: Hashable {
        let shape: Int
        let values: [Int32]
        let isSameName: Bool
    }

    var key: Key { Key(shape: shape, values: values, isSameName: isSameName) }
}
